"""Lets the official SDKs of OpenAI, Anthropic and Google talk to the wire server.

    python check.py PATH_OF_THE_EXAMPLE_WIRE_SERVER [WORD ...]

Starts the server on a free port, runs every check whose name has one of the words (all without words), prints a line for
each that fails, and a last line with the figures. The exit code is 1 if one failed.
"""

import base64
import os
import struct
import subprocess
import sys
import threading
import traceback
import warnings
import zlib

# What is deprecated and asked for all the same is no news.
warnings.simplefilter("ignore")

# No key, address or proxy of whoever runs this.
for name in list(os.environ):
    if name.upper().startswith(("OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_")) or name.upper().endswith("_PROXY"):
        del os.environ[name]

import anthropic
import openai
from google import genai
from google.genai import errors as genai_errors
from google.genai import types
from pydantic import BaseModel

KEY = "sk-test-of-the-sdk-check"
TEXT = "The bridge opened on Monday. It cost 3 million euros. Mary Allen, the mayor of Harrow, cut the ribbon."
ASK = f"Summarise in one sentence:\n\n{TEXT}"
SECONDS = 20


class Summary(BaseModel):
    headline: str
    points: list[str]


WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, seen):
    if not condition:
        raise AssertionError(f"not as expected: {seen!r}")


def raises(error, call):
    try:
        result = call()
    except error as raised:
        return raised
    raise AssertionError(f"expected {error.__name__}, got {result!r}")


def expect_png(data):
    """A picture that others can read: every chunk's checksum, and as many pixels as are declared."""
    expect(data.startswith(b"\x89PNG\r\n\x1a\n"), data[:8])
    place, chunks = 8, {}
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        body = data[place + 4 : place + 8 + length]
        expect(struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(body), body[:4])
        chunks[body[:4]] = body[4:]
        place += 12 + length
    width, height, bits = struct.unpack_from(">IIB", chunks[b"IHDR"])
    expect(len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + width * bits // 8), (width, height, bits))
    expect(list(chunks)[-1] == b"IEND", list(chunks))


class Clients:
    def __init__(self, url):
        origin = url.removesuffix("/v1")
        self.openai = openai.OpenAI(api_key=KEY, base_url=url, timeout=SECONDS)
        self.once = openai.OpenAI(api_key=KEY, base_url=url, timeout=SECONDS, max_retries=0)
        self.anthropic = anthropic.Anthropic(api_key=KEY, base_url=origin, timeout=SECONDS)
        self.anthropic_once = anthropic.Anthropic(api_key=KEY, base_url=origin, timeout=SECONDS, max_retries=0)
        self.old_anthropic = anthropic.Anthropic(
            api_key=KEY, base_url=origin, timeout=SECONDS, default_headers={"anthropic-version": "2023-06-01"}
        )
        options = types.HttpOptions(base_url=origin, timeout=SECONDS * 1000)
        self.gemini = genai.Client(api_key=KEY, http_options=options)
        retry = types.HttpRetryOptions(attempts=3, initial_delay=0.01, max_delay=0.1)
        self.gemini_again = genai.Client(
            api_key=KEY, http_options=types.HttpOptions(base_url=origin, timeout=SECONDS * 1000, retry_options=retry)
        )
        self.vertex = genai.Client(
            enterprise=True, api_key=KEY, http_options=types.HttpOptions(base_url=origin, timeout=SECONDS * 1000)
        )


# Responses


@check
def responses_text(c):
    answer = c.openai.responses.create(model="any", instructions="Be brief.", input=ASK)
    expect(answer.status == "completed" and "bridge opened" in answer.output_text, answer)
    expect(answer.id.startswith("resp_") and answer._request_id.startswith("req_"), answer)


@check
def responses_structured(c):
    answer = c.openai.responses.parse(model="any", input=ASK, text_format=Summary)
    expect(isinstance(answer.output_parsed, Summary) and answer.output_parsed.headline, answer)


@check
def responses_stream(c):
    whole = c.openai.responses.create(model="any", input=ASK).output_text
    kinds, text = [], ""
    for event in c.openai.responses.create(model="any", input=ASK, stream=True):
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
    expect(text == whole and kinds.count("response.output_text.delta") > 2, (text, kinds))
    expect(kinds[0] == "response.created" and kinds[-1] == "response.completed", kinds)
    with c.openai.responses.stream(model="any", input=ASK, text_format=Summary) as stream:
        for event in stream:
            pass
        final = stream.get_final_response()
    expect(isinstance(final.output_parsed, Summary), final)


@check
def responses_refusal_and_length(c):
    answer = c.openai.responses.create(model="scenario-refusal", input=ASK)
    expect(answer.output[0].content[0].type == "refusal" and answer.output_text == "", answer)
    answer = c.openai.responses.create(model="scenario-length", input=ASK)
    expect(answer.status == "incomplete" and answer.incomplete_details.reason == "max_output_tokens", answer)


def responses_tool():
    return {"type": "function", "name": "weather", "description": "d", "parameters": WEATHER, "strict": True}


@check
def responses_tools(c):
    tools = [responses_tool()]
    answer = c.openai.responses.create(model="scenario-tool-call", input=ASK, tools=tools)
    [call] = [item for item in answer.output if item.type == "function_call"]
    expect(call.name == "weather" and '"city"' in call.arguments, answer)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "Rain fell in Harrow all night."}
    history = [{"role": "user", "content": ASK}, call.model_dump(exclude_none=True), result]
    final = c.openai.responses.create(model="scenario-tool-call", input=history, tools=tools)
    expect(final.output_text, final)
    with c.openai.responses.stream(model="scenario-tool-call", input=ASK, tools=tools) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    expect("response.function_call_arguments.delta" in kinds, kinds)
    expect(final.output[0].type == "function_call" and final.output[0].arguments == call.arguments, final)


# Chat Completions


@check
def chat_text(c):
    messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": ASK}]
    answer = c.openai.chat.completions.create(model="any", messages=messages)
    choice = answer.choices[0]
    expect(choice.finish_reason == "stop" and "bridge opened" in choice.message.content, answer)


@check
def chat_structured(c):
    messages = [{"role": "user", "content": ASK}]
    answer = c.openai.chat.completions.parse(model="any", messages=messages, response_format=Summary)
    expect(isinstance(answer.choices[0].message.parsed, Summary), answer)


@check
def chat_stream(c):
    messages = [{"role": "user", "content": ASK}]
    whole = c.openai.chat.completions.create(model="any", messages=messages).choices[0].message.content
    options = {"include_usage": True}
    chunks = list(c.openai.chat.completions.create(model="any", messages=messages, stream=True, stream_options=options))
    texts = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    expect("".join(texts) == whole and len(chunks) > 3, chunks)
    with c.openai.chat.completions.stream(model="any", messages=messages, response_format=Summary) as stream:
        for event in stream:
            pass
        final = stream.get_final_completion()
    expect(isinstance(final.choices[0].message.parsed, Summary), final)


@check
def chat_refusal_and_length(c):
    messages = [{"role": "user", "content": ASK}]
    answer = c.openai.chat.completions.create(model="scenario-refusal", messages=messages)
    expect(answer.choices[0].message.refusal and not answer.choices[0].message.content, answer)
    answer = c.openai.chat.completions.create(model="scenario-length", messages=messages)
    expect(answer.choices[0].finish_reason == "length", answer)


@check
def chat_tools(c):
    function = {"name": "weather", "description": "d", "parameters": WEATHER, "strict": True}
    tools = [{"type": "function", "function": function}]
    messages = [{"role": "user", "content": ASK}]
    answer = c.openai.chat.completions.create(model="scenario-tool-call", messages=messages, tools=tools)
    choice = answer.choices[0]
    [call] = choice.message.tool_calls
    expect(choice.finish_reason == "tool_calls" and call.function.name == "weather", answer)
    with c.openai.chat.completions.stream(model="scenario-tool-call", messages=messages, tools=tools) as stream:
        for event in stream:
            pass
        final = stream.get_final_completion()
    [streamed] = final.choices[0].message.tool_calls
    expect(streamed.function.arguments == call.function.arguments and streamed.id == call.id, final)
    messages += [choice.message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": call.id, "content": "Rain fell in Harrow all night."}]
    final = c.openai.chat.completions.create(model="scenario-tool-call", messages=messages, tools=tools)
    expect(final.choices[0].message.content, final)


# OpenAI's images and errors


@check
def openai_images(c):
    answer = c.openai.images.generate(model="gpt-image-2", prompt="a red fox", size="1024x1024")
    image = base64.b64decode(answer.data[0].b64_json)
    expect_png(image)
    files = [("a.png", image, "image/png"), ("b.png", image, "image/png")]
    for given in (files[0], files):
        edited = c.openai.images.edit(model="gpt-image-2", prompt="a blue fox", image=given)
        expect_png(base64.b64decode(edited.data[0].b64_json))


def openai_calls(client, model):
    messages = [{"role": "user", "content": ASK}]
    return [
        lambda: client.responses.create(model=model, input=ASK),
        lambda: list(client.responses.create(model=model, input=ASK, stream=True)),
        lambda: client.chat.completions.create(model=model, messages=messages),
        lambda: list(client.chat.completions.create(model=model, messages=messages, stream=True)),
    ]


@check
def openai_errors(c):
    for call in openai_calls(c.once, "scenario-401"):
        expect(raises(openai.AuthenticationError, call).code == "invalid_api_key", call)
    for call in openai_calls(c.once, "scenario-500"):
        expect(raises(openai.InternalServerError, call).status_code == 500, call)
    for call in openai_calls(c.once, "scenario-404"):
        expect(raises(openai.NotFoundError, call).code == "model_not_found", call)
    for call in openai_calls(c.once, "scenario-429-then-ok"):
        expect(raises(openai.RateLimitError, call).code == "rate_limit_exceeded", call)
        call()
    for call in openai_calls(c.openai, "scenario-429-then-ok"):
        call()
    stream = openai_calls(c.once, "scenario-error-event")[3]
    raises(openai.APIError, stream)
    events = openai_calls(c.once, "scenario-error-event")[1]
    expect(events()[-1].type == "error", events)


# Anthropic


def anthropic_arguments(model, **more):
    return {"model": model, "max_tokens": 500, "messages": [{"role": "user", "content": ASK}], **more}


@check
def anthropic_text(c):
    for client in (c.anthropic, c.old_anthropic):
        answer = client.messages.create(**anthropic_arguments("any", system="Be brief."))
        expect(answer.stop_reason == "end_turn" and "bridge opened" in answer.content[0].text, answer)
        expect(answer._request_id.startswith("req_"), answer)


@check
def anthropic_structured(c):
    answer = c.anthropic.messages.parse(**anthropic_arguments("any", output_format=Summary))
    expect(isinstance(answer.parsed_output, Summary), answer)


@check
def anthropic_stream(c):
    whole = c.anthropic.messages.create(**anthropic_arguments("any")).content[0].text
    events = list(c.anthropic.messages.create(**anthropic_arguments("any", stream=True)))
    expect(events[0].type == "message_start" and events[-1].type == "message_stop", events)
    with c.anthropic.messages.stream(**anthropic_arguments("any")) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    expect("".join(pieces) == whole and len(pieces) > 2 and final.content[0].text == whole, pieces)
    expect(final.stop_reason == "end_turn", final)


@check
def anthropic_refusal_and_length(c):
    expect(c.anthropic.messages.create(**anthropic_arguments("scenario-refusal")).stop_reason == "refusal", "refusal")
    expect(c.anthropic.messages.create(**anthropic_arguments("scenario-length")).stop_reason == "max_tokens", "length")


@check
def anthropic_tools(c):
    tools = [{"name": "weather", "description": "d", "input_schema": WEATHER}]
    arguments = anthropic_arguments("scenario-tool-call", tools=tools)
    answer = c.anthropic.messages.create(**arguments)
    [call] = [block for block in answer.content if block.type == "tool_use"]
    expect(answer.stop_reason == "tool_use" and set(call.input) == {"city", "days"}, answer)
    with c.anthropic.messages.stream(**arguments) as stream:
        final = stream.get_final_message()
    expect(final.content[-1].input == call.input, final)
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "Rain fell in Harrow all night."}
    history = [{"role": "assistant", "content": answer.content}, {"role": "user", "content": [result]}]
    final = c.anthropic.messages.create(**{**arguments, "messages": arguments["messages"] + history})
    expect(final.content[0].text, final)


@check
def anthropic_errors(c):
    def calls(client, model):
        return [
            lambda: client.messages.create(**anthropic_arguments(model)),
            lambda: list(client.messages.create(**anthropic_arguments(model, stream=True))),
        ]

    expected = [
        ("scenario-401", anthropic.AuthenticationError, 401),
        ("scenario-404", anthropic.NotFoundError, 404),
        ("scenario-429-then-ok", anthropic.RateLimitError, 429),
        ("scenario-500", anthropic.InternalServerError, 500),
        ("scenario-529", anthropic.InternalServerError, 529),
    ]
    for model, error, status in expected:
        for call in calls(c.anthropic_once, model):
            raised = raises(error, call)
            expect(raised.status_code == status and raised.body["type"] == "error", raised.body)
            if model == "scenario-429-then-ok":
                call()
    for call in calls(c.anthropic, "scenario-429-then-ok"):
        call()
    raises(anthropic.APIError, calls(c.anthropic_once, "scenario-error-event")[1])


# Gemini


@check
def gemini_text(c):
    config = types.GenerateContentConfig(system_instruction="Be brief.", temperature=0.0)
    answer = c.gemini.models.generate_content(model="any", contents=ASK, config=config)
    expect("bridge opened" in answer.text and answer.candidates[0].finish_reason == types.FinishReason.STOP, answer)
    answer = c.vertex.models.generate_content(model="any", contents=ASK)
    expect("bridge opened" in answer.text, answer)


@check
def gemini_structured(c):
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Summary)
    answer = c.gemini.models.generate_content(model="any", contents=ASK, config=config)
    expect(isinstance(answer.parsed, Summary), answer)
    schema = Summary.model_json_schema()
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=schema)
    answer = c.gemini.models.generate_content(model="any", contents=ASK, config=config)
    expect(Summary.model_validate_json(answer.text), answer)


@check
def gemini_stream(c):
    whole = c.gemini.models.generate_content(model="any", contents=ASK).text
    pieces = list(c.gemini.models.generate_content_stream(model="any", contents=ASK))
    expect("".join(piece.text or "" for piece in pieces) == whole and len(pieces) > 2, pieces)
    expect(pieces[-1].candidates[0].finish_reason == types.FinishReason.STOP, pieces[-1])


@check
def gemini_refusal_and_length(c):
    answer = c.gemini.models.generate_content(model="scenario-length", contents=ASK)
    expect(answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS, answer)


@check
def gemini_tools(c):
    function = types.FunctionDeclaration(name="weather", description="d", parameters_json_schema=WEATHER)
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[function])])
    answer = c.gemini.models.generate_content(model="scenario-tool-call", contents=ASK, config=config)
    [call] = answer.function_calls
    expect(call.name == "weather" and set(call.args) == {"city", "days"}, answer)
    pieces = list(c.gemini.models.generate_content_stream(model="scenario-tool-call", contents=ASK, config=config))
    calls = [call for piece in pieces for call in piece.function_calls or []]
    expect(len(calls) == 1 and calls[0].args == call.args, pieces)
    result = types.Part.from_function_response(name="weather", response={"output": "Rain fell in Harrow all night."})
    contents = [
        types.Content(role="user", parts=[types.Part(text=ASK)]),
        answer.candidates[0].content,
        types.Content(role="user", parts=[result]),
    ]
    final = c.gemini.models.generate_content(model="scenario-tool-call", contents=contents, config=config)
    expect(final.text, final)


@check
def gemini_images(c):
    config = types.GenerateContentConfig(response_modalities=["IMAGE"])
    answer = c.gemini.models.generate_content(model="gemini-3-pro-image", contents="a red fox", config=config)
    [image] = [part.inline_data for part in answer.candidates[0].content.parts if part.inline_data]
    expect(image.mime_type == "image/png", answer)
    expect_png(image.data)
    answer = c.vertex.models.generate_images(model="imagen-4", prompt="a red fox")
    expect_png(answer.generated_images[0].image.image_bytes)


@check
def gemini_errors(c):
    def calls(client, model):
        return [
            lambda: client.models.generate_content(model=model, contents=ASK),
            lambda: list(client.models.generate_content_stream(model=model, contents=ASK)),
        ]

    expected = [
        ("scenario-401", genai_errors.ClientError, (400, 401)),
        ("scenario-404", genai_errors.ClientError, (404,)),
        ("scenario-429-then-ok", genai_errors.ClientError, (429,)),
        ("scenario-500", genai_errors.ServerError, (500,)),
    ]
    for model, error, codes in expected:
        for call in calls(c.gemini, model):
            raised = raises(error, call)
            expect(raised.code in codes and raised.status and raised.message, raised)
            if model == "scenario-429-then-ok":
                call()
    for call in calls(c.gemini_again, "scenario-429-then-ok"):
        call()


def main():
    server = subprocess.Popen([sys.argv[1], "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        # It tells each request; a full pipe would stop it.
        threading.Thread(target=lambda: all(True for _ in server.stdout), daemon=True).start()
        clients = Clients(url)
        words = sys.argv[2:]
        chosen = [one for one in CHECKS if not words or any(word in one.__name__ for word in words)]
        failed = 0
        for one in chosen:
            try:
                one(clients)
            except Exception as error:
                failed += 1
                if words:
                    traceback.print_exc()
                line = " ".join(str(error).split())
                print(f"FAILED {one.__name__}: {type(error).__name__}: {line[:600]}")
        versions = f"openai {openai.__version__}, anthropic {anthropic.__version__}, google-genai {genai.__version__}"
        print(versions)
        print(f"sdk: {len(chosen) - failed} passed, {failed} failed")
        return 1 if failed or not chosen else 0
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
