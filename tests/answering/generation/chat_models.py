"""A LangChain chat model as a user would configure one, for tests: it speaks to the server of DEPECHE_TEST_SERVER."""

from __future__ import annotations

import os

from langchain_core.language_models import BaseChatModel
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr


def over_loopback() -> BaseChatModel:
    return BaseChatOpenAI(
        model="any", base_url=os.environ["DEPECHE_TEST_SERVER"], api_key=SecretStr("none"), temperature=0.0
    )


def not_a_chat_model() -> str:
    return "no"
