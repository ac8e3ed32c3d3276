"""A GGUF file with the vocabulary's shape of Mistral's v7-tekken models, for tests of exact ids.

1,000 control tokens come first, with the published ids; then the 256 single bytes, which begin
the real vocabulary as well. Without the merges every character of text is its bytes.
"""

from __future__ import annotations

from pathlib import Path

from gguf import GGUFWriter, TokenType
from transformers.convert_slow_tokenizer import bytes_to_unicode

# Written after what the model's own does, not copied: a dated default where no system message is given,
# content as text or as a list of blocks, blanks of its own lines swallowed, other roles refused.
MISTRAL_V7_TEKKEN = """\
{%- set day = strftime_now("%Y-%m-%d") %}
{%- set standing = "You are Mistral Small 3. Today is " + day + "." %}

{{- bos_token }}

{%- if messages[0]['role'] == 'system' %}
    {%- set rest = messages[1:] %}
    {%- if messages[0]['content'] is string %}
        {%- set standing = messages[0]['content'] %}
    {%- else %}
        {%- set standing = messages[0]['content'][0]['text'] %}
    {%- endif %}
{%- else %}
    {%- set rest = messages %}
{%- endif %}
{{- '[SYSTEM_PROMPT]' + standing + '[/SYSTEM_PROMPT]' }}

{%- for turn in rest %}
    {%- if turn['role'] == 'user' %}
        {%- if turn['content'] is string %}
            {{- '[INST]' + turn['content'] + '[/INST]' }}
        {%- else %}
            {{- '[INST]' }}
            {%- for block in turn['content'] %}
                {{- block['text'] if block['type'] == 'text' else '[IMG]' }}
            {%- endfor %}
            {{- '[/INST]' }}
        {%- endif %}
    {%- elif turn['role'] == 'assistant' %}
        {{- turn['content'] + eos_token }}
    {%- elif turn['role'] == 'system' %}
        {{- '[SYSTEM_PROMPT]' + turn['content'] + '[/SYSTEM_PROMPT]' }}
    {%- else %}
        {{- raise_exception('unknown role') }}
    {%- endif %}
{%- endfor %}
"""
CONTROL = {
    0: "<unk>", 1: "<s>", 2: "</s>", 3: "[INST]", 4: "[/INST]", 5: "[AVAILABLE_TOOLS]",
    6: "[/AVAILABLE_TOOLS]", 7: "[TOOL_RESULTS]", 8: "[/TOOL_RESULTS]", 9: "[TOOL_CALLS]", 10: "[IMG]",
    11: "<pad>", 12: "[IMG_BREAK]", 13: "[IMG_END]", 14: "[PREFIX]", 15: "[MIDDLE]", 16: "[SUFFIX]",
    17: "[SYSTEM_PROMPT]", 18: "[/SYSTEM_PROMPT]", 19: "[TOOL_CONTENT]",
}  # fmt: skip
FIRST_BYTE = 1000


def write_vocabulary(path: Path, *, added: str | None = None) -> Path:
    """The file. `added` is one more token that is not control: found by llama.cpp in any text."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(131_072)
    add_vocabulary(writer, added=added)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add_vocabulary(writer: GGUFWriter, *, added: str | None = None) -> None:
    tokens = [CONTROL.get(number, f"<SPECIAL_{number}>") for number in range(FIRST_BYTE)]
    kinds = [TokenType.CONTROL] * FIRST_BYTE
    letters = bytes_to_unicode()
    tokens += [letters[byte] for byte in range(256)]
    kinds += [TokenType.NORMAL] * 256
    # One merge, for an empty list is taken for a missing one; no text of the tests has these letters.
    tokens.append(letters[0x01] + letters[0x02])
    kinds.append(TokenType.NORMAL)
    if added:
        tokens.append(added)
        kinds.append(TokenType.USER_DEFINED)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("tekken")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{letters[0x01]} {letters[0x02]}"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_chat_template(MISTRAL_V7_TEKKEN)


def byte_ids(text: str) -> list[int]:
    return [FIRST_BYTE + byte for byte in text.encode()]
