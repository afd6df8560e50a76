// What the published language service of Kusto (npm @kusto/language-service-next) has against queries. It reads from its
// standard input {"tables": {name: "(column: type, ...)"}, "queries": [text, ...]}, and prints a list of complaints a query.
const folder = process.argv[2];
require(folder + "/bridge.min.js");
require(folder + "/Kusto.Language.Bridge.min.js");
const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;
const asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const tables = Object.entries(asked.tables).map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, null));
const database = new Symbols.DatabaseSymbol.$ctor3("workspace", null, tables, false);
const globals = GlobalState.Default.WithDatabase(database);
const complaints = (text) => {
  const found = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  const lines = [];
  for (let at = 0; at < found.Count; at++) lines.push(`${found.getItem(at).Code}: ${found.getItem(at).Message} (at ${found.getItem(at).Start})`);
  return lines;
};
process.stdout.write(JSON.stringify(asked.queries.map(complaints)));
