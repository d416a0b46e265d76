"""Matrices of which rows are read a few at a time: arrays, files, and addresses of object storage.

Each kind knows its shape and what its content is known by, reads rows in pieces or by number, and can be sent to
another process, which opens it for itself.
"""
