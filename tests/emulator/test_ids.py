"""Ids and made-up credentials, in the shapes that Salesforce gives them."""

from sfharden.emulator import ids


def test_ids_are_unique_and_carry_their_case() -> None:
    made = {ids.make_id("005", number) for number in range(5000)}
    assert len(made) == 5000
    assert {len(one) for one in made} == {18}
    assert ids.long_id("001A000000zPpgA") == "001A000000zPpgAIAS"
    assert ids.long_id("0H4Aa0000000000") != ids.long_id("0H4aA0000000000")


def test_a_refresh_token_leads_back_to_its_delete_token() -> None:
    token = ids.opaque("x")
    assert ids.delete_token_of(ids.refresh_token(token)) == token == ids.delete_token_of(token)
