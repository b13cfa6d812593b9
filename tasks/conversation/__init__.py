"""What people say to Goldseam, and who may."""
