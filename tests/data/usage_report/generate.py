#!/usr/bin/env python3
"""Writes small logs of each shape that usage-report knows into shapes/, and what is right for them into shapes.tsv: by file, day and
model the responses, the prompt (cached, written to a cache, of that for an hour), the completion (reasoning), and the cost by
prices.csv in millionths of a millionth. The structure is that of the tools that write such logs; every number and word is made up.

    python3 tests/data/usage_report/generate.py"""
import base64, gzip, json, os

HERE = os.path.dirname(os.path.abspath(__file__))
PRICES = {  # per million: prompt, cached, written, for an hour, completion; above 1000 prompt tokens
    'opal-2': (3, 0.3, 3.75, 6, 15, (6, 0.6, 7.5, 12, 22.5)),
    'onyx-1': (0.25, 0.025, 0.25, 0.25, 2, None),
}
rows = {}


def day(n):
    return '2026-05-%02d' % n


def stamp(n, clock='08:30:00'):
    return '%sT%s.250Z' % (day(n), clock)


def use(file, when, model, fresh, cached=0, written=0, hour=0, out=0, reasoning=0, batch=False, names=PRICES):
    row = rows.setdefault((file, when, model), [0] * 8)
    prompt = fresh + cached + written
    price = PRICES[next(name for name in PRICES if name in model)]
    steps = price[5] if price[5] and prompt > 1000 else price
    cost = fresh * steps[0] + cached * steps[1] + (written - hour) * steps[2] + hour * steps[3] + out * steps[4]
    for i, value in enumerate((1, prompt, cached, written, hour, out, reasoning, round(cost * 1000000 / (2 if batch else 1)))):
        row[i] += value


def write(name, lines, indent=None):
    path = os.path.join(HERE, 'shapes', name)
    # These two write without blanks, and ccusage looks for that.
    marks = (',', ':') if name.startswith(('claude-code', 'codex')) else None
    text = ''.join((x if isinstance(x, str) else json.dumps(x, indent=indent, separators=marks, ensure_ascii=False)) + '\n' for x in lines)
    data = text.encode()
    with open(path, 'wb') as to:
        to.write(gzip.compress(data, mtime=0) if name.endswith('.gz') else data)


def anthropic(fresh, cached, written, hour, out):
    return {'input_tokens': fresh, 'cache_read_input_tokens': cached, 'cache_creation_input_tokens': written, 'output_tokens': out,
            'cache_creation': {'ephemeral_5m_input_tokens': written - hour, 'ephemeral_1h_input_tokens': hour}}


def openai(fresh, cached, out, reasoning=0):
    return {'prompt_tokens': fresh + cached, 'completion_tokens': out, 'total_tokens': fresh + cached + out,
            'prompt_tokens_details': {'cached_tokens': cached}, 'completion_tokens_details': {'reasoning_tokens': reasoning}}


def chat(id, when, model, usage):
    return {'id': id, 'object': 'chat.completion', 'created': 1777593600 + 86400 * (when - 1) + 5000, 'model': model,
            'choices': [{'index': 0, 'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'A "quoted" word: {'}}],
            'usage': usage}


# Claude Code: the lines of an answer grow; a fork repeats them; one is by the program itself.
def said(id, clock, usage, model='opal-2-20260401', session='s-1', request='r-1'):
    return {'type': 'assistant', 'sessionId': session, 'requestId': request, 'uuid': id + clock, 'timestamp': stamp(3, clock),
            'message': {'id': id, 'type': 'message', 'role': 'assistant', 'model': model, 'content': [], 'usage': usage}}


user = {'type': 'user', 'sessionId': 's-1', 'uuid': 'u-1', 'timestamp': stamp(3), 'message': {'role': 'user', 'content': 'Hm.'},
        'toolUseResult': {'totalTokens': 77, 'usage': {'input_tokens': 5, 'output_tokens': 6}}}
write('claude-code.jsonl', [{'type': 'summary', 'summary': 'A walk', 'leafUuid': 'l-1'}, user,
      said('m-1', '09:00:00', anthropic(4, 300, 50, 20, 2)), said('m-1', '09:00:02', anthropic(4, 300, 50, 20, 90)),
      said('m-1', '09:00:01', anthropic(4, 300, 50, 20, 3)),
      said('m-2', '09:10:00', anthropic(0, 0, 0, 0, 0), '<synthetic>'), said('m-3', '10:00:00', anthropic(7, 0, 1500, 0, 11))])
write('claude-code-fork.jsonl', [said('m-1', '09:00:02', anthropic(4, 300, 50, 20, 90), session='s-2', request='r-9')])
use('claude-code.jsonl', day(3), 'opal-2-20260401', 4, 300, 50, 20, 90)
use('claude-code.jsonl', day(3), 'opal-2-20260401', 7, 0, 1500, 0, 11)
use('claude-code-fork.jsonl', day(3), 'opal-2-20260401', 4, 300, 50, 20, 90)

# claude -p --output-format stream-json: the result sums the others; alone it counts.
line = {'type': 'assistant', 'session_id': 's-3', 'uuid': 'u-3',
        'message': {'id': 'm-4', 'role': 'assistant', 'model': 'opal-2', 'content': [], 'usage': anthropic(20, 0, 30, 0, 8)}}
result = {'type': 'result', 'subtype': 'success', 'session_id': 's-3', 'uuid': 'u-4', 'total_cost_usd': 0.5, 'result': 'Done.',
          'usage': anthropic(20, 0, 30, 0, 8), 'modelUsage': {'opal-2': {'inputTokens': 20, 'outputTokens': 8}}}
write('claude-stream.jsonl', [{'type': 'system', 'subtype': 'init', 'session_id': 's-3', 'model': 'opal-2'}, line, result])
write('claude-result.json', [dict(result, session_id='s-4', uuid='u-5')])
use('claude-stream.jsonl', '(none)', 'opal-2', 20, 0, 30, 0, 8)
use('claude-result.json', '(none)', 'opal-2', 20, 0, 30, 0, 8)

# Codex: running totals, one of them said again; the model is said before.
total, lines = {}, [{'timestamp': stamp(4), 'type': 'session_meta', 'payload': {'id': 'c-1'}},
                    {'timestamp': stamp(4), 'type': 'event_msg', 'payload': {'type': 'token_count', 'info': None}},
                    {'timestamp': stamp(4), 'type': 'response_item', 'payload': {'type': 'function_call_output', 'kept_tokens': 5}}]
for n, (fresh, cached, out, reasoning) in enumerate([(100, 40, 9, 5), (30, 200, 70, 0), (5, 300, 4, 1)]):
    lines.append({'timestamp': stamp(4), 'type': 'turn_context', 'payload': {'model': 'onyx-1-codex' if n < 2 else 'onyx-1'}})
    last = {'input_tokens': fresh + cached, 'cached_input_tokens': cached, 'output_tokens': out,
            'reasoning_output_tokens': reasoning, 'total_tokens': fresh + cached + out}
    total = {name: total.get(name, 0) + last[name] for name in last}
    info = {'total_token_usage': total, 'last_token_usage': last, 'model_context_window': 9000}
    for again in range(1 + (n == 1)):
        lines.append({'timestamp': stamp(4, '11:00:%02d' % (10 * n + again)), 'type': 'event_msg',
                      'payload': {'type': 'token_count', 'info': info}})
    use('codex.jsonl', day(4), 'onyx-1-codex' if n < 2 else 'onyx-1', fresh, cached, 0, 0, out, reasoning)
write('codex.jsonl', lines)
write('codex-exec.jsonl', [line for thread, totals in (('t-1', (1, 3)), ('t-2', (2,))) for line in
      [{'type': 'thread.started', 'thread_id': thread}, {'type': 'turn.started'}, {'type': 'item.completed', 'item': {'tokens_left': 5}}] +
      [{'type': 'turn.completed', 'model': 'onyx-1', 'usage': {'input_tokens': 10 * n, 'cached_input_tokens': 4 * n, 'output_tokens': n}}
       for n in totals]])
use('codex-exec.jsonl', '(none)', 'onyx-1', 18, 12, 0, 0, 3)
use('codex-exec.jsonl', '(none)', 'onyx-1', 12, 8, 0, 0, 2)

# Gemini CLI, and OpenCode.
write('gemini-cli.json', [{'sessionId': 'g-1', 'messages': [
    {'id': 'g-2', 'type': 'user', 'timestamp': stamp(5), 'content': 'Hm.', 'context_tokens_left': 9},
    {'id': 'g-3', 'type': 'gemini', 'timestamp': stamp(5), 'content': 'Ah.', 'model': 'onyx-1',
     'tokens': {'input': 50, 'output': 6, 'cached': 20, 'thoughts': 9, 'tool': 2, 'total': 67}}]}], indent=2)
use('gemini-cli.json', day(5), 'onyx-1', 32, 20, 0, 0, 15, 9)
write('gemini-telemetry.log', [{'attributes': {'event.name': 'gemini_cli.api_request', 'model': 'onyx-1', 'prompt_token_count': 5}}] + [
    {'attributes': {'event.name': 'gemini_cli.api_response', 'event.timestamp': stamp(5), 'model': 'onyx-1', 'input_token_count': 50,
                    'output_token_count': 6, 'cached_content_token_count': 20, 'thoughts_token_count': 9, 'tool_token_count': 0,
                    'total_token_count': 65}}] * 2, indent=1)
for _ in range(2):
    use('gemini-telemetry.log', day(5), 'onyx-1', 30, 20, 0, 0, 15, 9)
write('opencode.json', [{'id': 'o-1', 'sessionID': 'o-2', 'role': 'assistant', 'modelID': 'opal-2', 'providerID': 'x',
                         'time': {'created': 1777975200000, 'completed': 1777975209000},
                         'tokens': {'input': 3, 'output': 20, 'reasoning': 4, 'cache': {'read': 100, 'write': 10}}}], indent=2)
write('opencode-user.json', [{'id': 'o-3', 'sessionID': 'o-2', 'role': 'user', 'time': {'created': 1777975100000}}], indent=2)
use('opencode.json', day(5), 'opal-2', 3, 100, 10, 0, 24, 4)

# LiteLLM.
write('litellm-spend.jsonl', [{'request_id': 'l-1', 'spend': 0.01, 'model': 'azure/onyx-1', 'startTime': stamp(6), 'prompt_tokens': 60,
                               'completion_tokens': 7, 'total_tokens': 67, 'metadata': {'usage_object': openai(50, 10, 7)}}])
write('litellm-spend-array.json', [[{'request_id': 'l-2', 'spend': 0.01, 'model': 'azure/onyx-1', 'startTime': stamp(6),
                                     'prompt_tokens': 60, 'completion_tokens': 7, 'total_tokens': 67, 'metadata': {}}] * 1], indent=1)
write('litellm-payload.jsonl', [{'id': 'l-3', 'response_cost': 0.01, 'model': 'azure/onyx-1', 'startTime': 1778056200.5,
                                 'prompt_tokens': 60, 'completion_tokens': 7,
                                 'response': chat('l-3', 6, 'onyx-1', openai(50, 10, 7))}])
use('litellm-spend.jsonl', day(6), 'azure/onyx-1', 50, 10, 0, 0, 7)
use('litellm-spend-array.json', day(6), 'azure/onyx-1', 60, 0, 0, 0, 7)
use('litellm-payload.jsonl', day(6), 'azure/onyx-1', 50, 10, 0, 0, 7)

# Results of batches.
write('batch-openai.jsonl', [
    {'id': 'b-1', 'custom_id': 'x', 'response': {'status_code': 200, 'body': chat('b-2', 7, 'onyx-1', openai(50, 10, 7, 3))}, 'error': None},
    {'id': 'b-3', 'custom_id': 'y', 'response': {'status_code': 400, 'body': {'error': {'message': 'no'}}}, 'error': None}])
use('batch-openai.jsonl', day(7), 'onyx-1', 50, 10, 0, 0, 7, 3, batch=True)
write('batch-anthropic.jsonl', [
    {'custom_id': 'x', 'result': {'type': 'succeeded', 'message': {'id': 'b-4', 'type': 'message', 'model': 'opal-2', 'content': [],
                                                                'usage': anthropic(4, 10, 90, 60, 8)}}},
    {'custom_id': 'y', 'result': {'type': 'errored', 'error': {'type': 'error'}}}, {'custom_id': 'z', 'result': {'type': 'expired'}}])
use('batch-anthropic.jsonl', '(none)', 'opal-2', 4, 10, 90, 60, 8, batch=True)
gemini = {'candidates': [{'finishReason': 'STOP'}], 'modelVersion': 'onyx-1',
          'usageMetadata': {'promptTokenCount': 40, 'candidatesTokenCount': 6, 'thoughtsTokenCount': 3, 'totalTokenCount': 49}}
write('batch-gemini.jsonl', [{'key': 'x', 'response': dict(gemini, responseId='b-5')}])
write('batch-vertex.jsonl', [{'status': '', 'processed_time': stamp(7), 'request': {'contents': []},
                              'response': dict(gemini, responseId='b-6', createTime=stamp(7))}])
use('batch-gemini.jsonl', '(none)', 'onyx-1', 40, 0, 0, 0, 9, 3, batch=True)
use('batch-vertex.jsonl', day(7), 'onyx-1', 40, 0, 0, 0, 9, 3, batch=True)
write('batch-bedrock.jsonl', [{'recordId': 'b-7', 'modelInput': {'max_tokens': 9}, 'modelOutput': {
    'id': 'b-8', 'type': 'message', 'model': 'opal-2', 'content': [], 'usage': anthropic(4, 10, 90, 60, 8)}}])
use('batch-bedrock.jsonl', '(none)', 'opal-2', 4, 10, 90, 60, 8, batch=True)

# Bedrock's invocation logs: a body, events, only the counts.
def invoked(id, body, model='us.anthropic.opal-2-20260401-v1:0'):
    output = dict({'outputTokenCount': 8}, **({'outputBodyJson': body} if body else {'outputBodyS3Path': 's3://x/y'}))
    return {'schemaType': 'ModelInvocationLog', 'timestamp': stamp(8), 'requestId': id, 'operation': 'x', 'modelId': model,
            'input': {'inputTokenCount': 4, 'cacheReadInputTokenCount': 10, 'cacheWriteInputTokenCount': 90}, 'output': output}


events = [{'type': 'message_start', 'message': {'id': 'i-0', 'model': 'opal-2', 'usage': anthropic(4, 10, 90, 60, 1)}},
          {'type': 'content_block_delta', 'index': 0, 'delta': {'text': 'x'}}, {'type': 'message_delta', 'usage': {'output_tokens': 8}},
          {'type': 'message_stop', 'amazon-bedrock-invocationMetrics': {'inputTokenCount': 4, 'outputTokenCount': 8}}]
write('bedrock.json.gz', [
    invoked('i-1', {'id': 'i-9', 'type': 'message', 'model': 'opal-2', 'usage': anthropic(4, 10, 90, 60, 8)}), invoked('i-2', events),
    invoked('i-3', None), invoked('i-4', {'stopReason': 'end_turn', 'usage': {'inputTokens': 4, 'cacheReadInputTokens': 10,
                                                                          'cacheWriteInputTokens': 90, 'outputTokens': 8, 'totalTokens': 112}})])
for hour in (60, 60, 0, 0):
    use('bedrock.json.gz', day(8), 'us.anthropic.opal-2-20260401-v1:0', 4, 10, 90, hour, 8)

# Exports of others.
write('helicone.jsonl', [{'response_id': 'h-1', 'response_created_at': stamp(9), 'model': 'onyx-1', 'prompt_tokens': 60,
                          'request_body': {'max_tokens': 5}, 'response_body': chat('h-2', 9, 'onyx-1', openai(50, 10, 7))}])
use('helicone.jsonl', day(9), 'onyx-1', 50, 10, 0, 0, 7)
write('langfuse.jsonl', [
    {'id': 'f-1', 'type': 'GENERATION', 'start_time': '2026-05-09 08:30:00.123456', 'provided_model_name': 'onyx-1',
     'usage_details': {'input': 50, 'input_cached_tokens': 10, 'output': 4, 'output_reasoning_tokens': 3, 'total': 67}},
    {'id': 'f-2', 'type': 'GENERATION', 'startTime': stamp(9), 'model': 'opal-2',
     'usageDetails': {'input': 5, 'cache_read_input_tokens': 10, 'cache_creation_input_tokens': 2, 'output': 4, 'total': 21}},
    {'id': 'f-3', 'type': 'SPAN', 'start_time': '2026-05-09 08:30:00', 'usage_details': {'all_tokens': 67}}])
use('langfuse.jsonl', day(9), 'onyx-1', 50, 10, 0, 0, 7, 3)
use('langfuse.jsonl', day(9), 'opal-2', 5, 10, 2, 0, 4)


def attribute(key, value):
    return {'key': key, 'value': {'stringValue': value} if isinstance(value, str) else {'intValue': str(value)}}


def span(id, operation, out):
    return {'traceId': 'e-0', 'spanId': id, 'name': operation, 'startTimeUnixNano': '1778315400123456789', 'attributes': [
        attribute('gen_ai.operation.name', operation), attribute('gen_ai.request.model', 'onyx'),
        attribute('gen_ai.response.model', 'onyx-1'), attribute('gen_ai.usage.input_tokens', 60),
        attribute('gen_ai.usage.cache_read.input_tokens', 10), attribute('gen_ai.usage.output_tokens', out)]}


write('otlp.jsonl', [{'resourceSpans': [{'resource': {'attributes': [attribute('service.name', 'x')]}, 'scopeSpans': [{'spans': [
    span('e-1', 'chat', 7), span('e-2', 'invoke_agent', 7), {'traceId': 'e-0', 'spanId': 'e-3', 'name': 'GET', 'attributes': [
        {'key': 'app.tokens_left', 'value': {'intValue': 9}}]}]}]}]}])
use('otlp.jsonl', day(9), 'onyx-1', 50, 10, 0, 0, 7)

# Gateways: a line around a body, or its text, or its text as base64.
body = chat('w-1', 10, 'onyx-1', openai(50, 10, 7))
stream = ''.join('data: %s\n\n' % json.dumps(x) for x in (
    {'id': 'w-2', 'object': 'chat.completion.chunk', 'model': 'onyx-1', 'choices': [], 'usage': openai(50, 10, 7)},)) + 'data: [DONE]\n\n'
write('gateway.jsonl', [
    {'time': stamp(10), 'status': 200, 'verdict': 'consistent', 'model': 'onyx-1', 'usage': openai(50, 10, 7)},
    {'time': stamp(10), 'body': json.dumps(dict(body, id='w-3'))}, {'time': stamp(10), 'response_body': stream},
    {'ts': 1778401800.5, 'response': base64.b64encode(json.dumps(dict(body, id='w-4')).encode()).decode()}, dict(body, id='w-5')])
for _ in range(5):
    use('gateway.jsonl', day(10), 'onyx-1', 50, 10, 0, 0, 7)


def docker(text, end='\n', stream='stdout'):
    return {'log': text + end, 'stream': stream, 'time': '2026-05-11T08:30:00.123456789Z'}


plain = json.dumps({'id': 'd-1', 'model': 'onyx-1', 'choices': [], 'usage': openai(50, 10, 7)})
long = plain.replace('"choices": []', '"choices": ["%s"]' % ('x' * 32768))  # a part has 16 KiB
write('docker.log', [docker('Server started'), docker(plain.replace('d-1', 'd-2'), ''), docker(long[:16384], ''),
                     docker('an error', stream='stderr'), docker(long[16384:32768], ''), docker(long[32768:])])
mark = '2026-05-11T08:30:00.123456789Z stdout '
write('cri.log', [mark + 'F ' + plain.replace('d-1', 'd-3'), mark + 'P ' + plain.replace('d-1', 'd-4')[:50],
                  mark.replace('stdout', 'stderr') + 'F an error', mark + 'F ' + plain.replace('d-1', 'd-4')[50:]])
for file in ('docker.log', 'cri.log'):
    for _ in range(2):
        use(file, day(11), 'onyx-1', 50, 10, 0, 0, 7)

# A run of OpenAI's assistants sums its steps. Gemini's chunks have running totals.
write('assistants.sse', ['data: %s\n' % json.dumps(x) for x in (
    {'id': 'a-1', 'object': 'thread.run', 'model': 'onyx-1', 'usage': None},
    {'id': 'a-2', 'object': 'thread.run.step', 'usage': openai(50, 0, 7)},
    {'id': 'a-1', 'object': 'thread.run', 'model': 'onyx-1', 'usage': openai(50, 0, 7)})] + ['data: [DONE]\n'])
use('assistants.sse', '(none)', 'onyx-1', 50, 0, 0, 0, 7)
write('gemini-chunks.jsonl', [{'modelVersion': 'onyx-1', 'responseId': 'q-1', 'candidates': [], 'usageMetadata': {
    'promptTokenCount': 50, 'candidatesTokenCount': n, 'totalTokenCount': 50 + n}} for n in (1, 7)])
use('gemini-chunks.jsonl', '(none)', 'onyx-1', 50, 0, 0, 0, 7)

with open(os.path.join(HERE, 'prices.csv'), 'w') as to:
    to.write('model,input,cached,cache_write,cache_write_1h,output,above,input_above,cached_above,cache_write_above,'
             'cache_write_1h_above,output_above\n')
    for name, price in PRICES.items():
        above = (1000,) + price[5] if price[5] else ('',) * 6
        to.write(','.join(str(x) for x in (name + '*',) + price[:5] + above) + '\n')
with open(os.path.join(HERE, 'shapes.tsv'), 'w') as to:
    to.write('file\tday\tmodel\tresponses\tprompt\tcached\tcache_write\tcache_write_1h\tcompletion\treasoning\tcost\n')
    for (file, when, model), row in sorted(rows.items()):
        to.write('\t'.join([file, when, model] + [str(x) for x in row]) + '\n')
