"""Two states compared: which verdicts changed, which facts stand behind them, and who is on record for that."""
