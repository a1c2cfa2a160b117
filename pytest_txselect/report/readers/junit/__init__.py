"""JUnit files of any producer: pytest, unittest-xml-reporting, Surefire, jest-junit and whoever writes like them.

They come from anywhere, so nothing in them is obeyed: no document type (and with it no entity of their own),
nothing from the network, limits on depth and number.
"""
