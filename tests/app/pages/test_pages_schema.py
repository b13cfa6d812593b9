"""The schema that the onboarding's file refers to."""

from tasks.policy.load import policy_schema


def test_the_web_process_serves_the_schema_to_editors_anywhere(browser) -> None:
    answer = browser.get("/schemas/goldseam.json")
    assert answer.status_code == 200
    assert answer.get_json(force=True) == policy_schema()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
