"""What people read: text, HTML and LaTeX."""
