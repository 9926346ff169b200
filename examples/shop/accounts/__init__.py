"""Users, their profiles, signing up and logging in."""
