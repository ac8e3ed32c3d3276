"""The vocabulary of Dépêche: frozen values, narrow protocols, one error tree. Standard library only.

Every other package imports from here and this one imports from none of them.
"""
