"""Questions: each has a name and a path of its own, and only reads."""

from sfharden.azure.questions import QUESTIONS, question_named, questions_about
from tests.orgs.azure_side import GROUP, SITE, SUBSCRIPTION, WORKFLOW


def test_no_two_questions_have_a_name_or_a_path_in_common() -> None:
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)
    assert len({(one.about, one.path("/subscriptions/s/x")) for one in QUESTIONS}) == len(QUESTIONS)
    assert all(one.name.replace("-", "").isalnum() for one in QUESTIONS)  # it becomes the name of a file


def test_all_that_is_asked_about_a_resource_is_found_by_its_id() -> None:
    assert {one.name for one in questions_about(GROUP.upper())} == {
        "group-workflows",
        "group-sites",
        "group-connections",
    }
    assert "site-config" in {one.name for one in questions_about(SITE)}
    assert "subscription-diagnostics" in {one.name for one in questions_about(SUBSCRIPTION)}
    assert questions_about("/x") == ()


def test_a_question_says_what_it_asks_for() -> None:
    question = question_named("workflow-diagnostics")
    assert question
    assert question.what(WORKFLOW) == "diagnostic settings of crm-rg/crm-sync"
    assert question.path(WORKFLOW) == f"{WORKFLOW}/providers/Microsoft.Insights/diagnosticSettings"
    assert question_named("x") is None


def test_the_activity_log_is_asked_at_the_subscription_and_kept_by_the_resource() -> None:
    question = question_named("workflow-events")
    assert question
    log = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
    assert question.path(WORKFLOW) == f"{log}?resource={WORKFLOW.lower()}"


def test_nothing_that_answers_a_secret_is_asked() -> None:
    paths = " ".join(one.below for one in QUESTIONS).casefold()
    assert not any(
        word in paths for word in ("listcallbackurl", "listkeys", "/list", "appsettings", "hostruntime")
    )
