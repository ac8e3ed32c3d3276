"""The server around the pages: who passes, the sign-in page, the page that carries Streamlit's own program."""
