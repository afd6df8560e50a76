"""Text that is no JSON: every form that people take for an export is called by its name, with the way to one."""

import pytest

from sfharden.azure.text_forms import text_form


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ('resource "azurerm_logic_app_workflow" "sync" {\n  name = "x"\n}', "Terraform source"),
        ('# ours\nterraform {\n  required_version = ">= 1"\n}', "Terraform source"),
        ('module "x" {\n}', "Terraform source"),
        ("resource wf 'Microsoft.Logic/workflows@2019-05-01' = {\n}", "Bicep source"),
        ("// ours\nparam location string\n", "Bicep source"),
        ("<!DOCTYPE html><html>", "a web page"),
        ("version: 1\ninteractions:\n- request:", "a recorded test"),
        ("ERROR: Please run 'az login' to setup account.", "a message of the Azure CLI"),
        ("\nName : x\nResourceId   : /subscriptions/s\n", "PowerShell's list"),
        ("accessControl: null\nid: /subscriptions/s/x\n", "YAML"),
        ("Name    Location\n------  --------\nsync  westeurope", "a table"),
        ("PK\x03\x04", "a zip"),
        (" \r\n", "empty"),
    ],
)
def test_a_form_is_called_by_its_name_and_has_a_way_on(start: str, name: str) -> None:
    form = text_form(start)
    assert form is not None
    assert form.name.startswith(name)
    assert "`" in form.hint


@pytest.mark.parametrize("start", ['{"id": ', "hello", '{"x": "resource \\"a\\""'])
def test_broken_json_and_other_text_is_none_of_them(start: str) -> None:
    assert text_form(start) is None
