"""The border: no secret gets past it, and a definition has its digest as it stands there."""

import json

from sfharden.azure.pieces import AzurePiece, PieceList
from sfharden.model.azure import WORKFLOWS, AzureForm
from sfharden.sources.azure.border import list_of_pieces, resource_of

SECRET = "canary-Zx81kLm2Qp"
DEFINITION = {
    "actions": {
        "call": {
            "type": "Http",
            "inputs": {"uri": "https://x.example", "authentication": {"type": "Basic", "password": SECRET}},
        }
    }
}
FLOW = AzurePiece(
    "/x", WORKFLOWS, "x", AzureForm.REST, {"properties": {"definition": DEFINITION}}, "/value/0"
)


def test_a_secret_stays_behind_and_its_place_is_told() -> None:
    found = resource_of(FLOW, "f.json")
    assert SECRET not in found.model_dump_json()
    assert [one.pointer for one in found.secrets] == [
        "/properties/definition/actions/call/inputs/authentication/password"
    ]
    assert found.where("/properties") == "f.json#/value/0/properties"


def test_a_definition_has_a_digest_only_where_it_is_whole() -> None:
    other = json.loads(json.dumps(FLOW.document).replace("x.example", "y.example"))
    one, two = (
        resource_of(AzurePiece("/x", WORKFLOWS, "x", AzureForm.REST, document), "")
        for document in (FLOW.document, other)
    )
    assert one.definition_digest
    assert one.definition_digest != two.definition_digest
    part = AzurePiece(
        "/x", WORKFLOWS, "x", AzureForm.TERRAFORM, FLOW.document, unknown_paths=("properties.definition",)
    )
    gone = AzurePiece(
        "/x", WORKFLOWS, "x", AzureForm.REST, {"properties": {"definition": "[variables('x')]"}}
    )
    assert resource_of(part, "").definition_digest == resource_of(gone, "").definition_digest == ""


def test_half_a_character_can_be_written() -> None:
    half = AzurePiece(
        "/x\ud800",
        "microsoft.web/connections",
        "n\ud800",
        AzureForm.REST,
        {"properties": {"k\ud800": ["\ud83d\ude00\ud800"]}},
    )
    found = resource_of(half, "f")
    assert found.document == {"properties": {"k\ufffd": ["\U0001f600\ufffd"]}}
    assert "\ufffd" in found.model_dump_json()


def test_rows_pass_it_too() -> None:
    found = list_of_pieces(PieceList("/rows", (FLOW,), is_whole=False), "f.json")
    assert (found.path, found.is_whole, found.file) == ("/rows", False, "f.json")
    assert SECRET not in found.model_dump_json()
