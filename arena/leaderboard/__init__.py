"""The newest boards as pages show them.

view.py     what an address asks for: category, order, filters, columns
rows.py     ratings and cards as rows of a table
columns.py  what a table can show of a row
methods.py  the same counts by other methods
table.py    the rows of one view as HTML, rendered once
page.py     all that the page needs around its table
live.py     new rows for open pages
"""
