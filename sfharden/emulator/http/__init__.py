"""The embedded org's HTTP server: REST, SOAP, OAuth."""
