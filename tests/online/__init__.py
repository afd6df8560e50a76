"""Tests that need a real Salesforce org; see docs/testing-on-a-real-org.md."""
