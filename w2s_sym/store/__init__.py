"""What is kept on disk, and the keys it is kept under."""
