"""What people read: text here, HTML and LaTeX in folders of their own. Nothing is verified here.

Only the command line and the pytest plugin import it, and ``w2s_sym.formula.display`` when a notebook asks.
"""
