"""Streamlit pages. They draw domain values and call `runtime`; no SQL, no index, no prompt here."""
