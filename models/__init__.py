"""Models: what there is (catalogue), how it gets here intact (fetch), what fits where (planner).

Imports domain only. Nothing here reads the environment: folders and addresses are parameters.
"""
