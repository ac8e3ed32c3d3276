"""Language models behind one protocol: in this process, in a worker process, or behind a server.

Every generator keeps one promise: text of a story reaches the model as text. It cannot open or
close a turn of the conversation, whatever it contains.
"""
