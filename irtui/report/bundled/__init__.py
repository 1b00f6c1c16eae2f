"""What travels in a bundle besides the incident: a verifier that needs nothing installed, and a page for its reader."""
