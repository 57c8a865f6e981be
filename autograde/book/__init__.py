"""The course as a web site: chapters as read, a glossary, guides and a reference."""
