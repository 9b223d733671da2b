"""An arena without models in one process, for tests of pages: uvicorn, a worker, SQLite and a Redis of its own.

Its entries answer with given texts. What needs weights, or processes that can be killed, is in tests/running.py.
"""
