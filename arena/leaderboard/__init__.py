"""The newest boards as pages show them.

view.py     what an address selects: category, order, filters, columns
rows.py     ratings and cards as rows of a table
columns.py  each column of the table: head, cell, order, meaning
methods.py  the same counts by other methods
table.py    the rows of one view as HTML, rendered once
page.py     all that the page needs around its table
live.py     new rows for open pages
charts/     the same board as charts, each with its table
"""
