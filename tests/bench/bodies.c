/*
 * The texts that the benchmark reads: our own words and made-up numbers, in the shapes and sizes that services send.
 * Their usage is known, because it is made here, so every engine's answer is compared with it. No measuring here.
 */
#include "template.h"

#include <string.h>

/* ---- where the usage is */

#define NAME(text)                                                                                                     \
    { text, sizeof text - 1 }
#define NO_NAME                                                                                                        \
    { NULL, 0 }
#define CHAT_COUNTS                                                                                                    \
    { NAME("prompt_tokens"), NAME("completion_tokens"), NAME("total_tokens") }

static const form chat = {.way = {NAME("usage"), NO_NAME}, .counts = CHAT_COUNTS};
static const form bare_chat = {.counts = CHAT_COUNTS, .bare = true};
static const form responses = {.way = {NAME("usage"), NO_NAME},
                               .counts = {NAME("input_tokens"), NAME("output_tokens"), NAME("total_tokens")}};
static const form messages = {.way = {NAME("usage"), NO_NAME},
                              .counts = {NAME("input_tokens"), NAME("output_tokens"), NO_NAME},
                              .cache_separate = true};
static const form candidates = {
    .way = {NAME("usageMetadata"), NO_NAME},
    .counts = {NAME("promptTokenCount"), NAME("candidatesTokenCount"), NAME("totalTokenCount")},
    .reasoning_separate = true};
static const form billed = {.way = {NAME("usage"), NAME("tokens")},
                            .counts = {NAME("input_tokens"), NAME("output_tokens"), NO_NAME}};
static const form converse = {.way = {NAME("usage"), NO_NAME},
                              .counts = {NAME("inputTokens"), NAME("outputTokens"), NAME("totalTokens")},
                              .cache_separate = true};
static const form interaction = {
    .way = {NAME("usage"), NO_NAME},
    .counts = {NAME("total_input_tokens"), NAME("total_output_tokens"), NAME("total_tokens")},
    .reasoning_separate = true};
static const form durations = {.counts = {NAME("prompt_eval_count"), NAME("eval_count"), NO_NAME}};
static const form vectors = {.way = {NAME("usage"), NO_NAME},
                             .counts = {NAME("prompt_tokens"), NO_NAME, NAME("total_tokens")}};

static const form responses_events = {.way = {NAME("response"), NAME("usage")},
                                      .counts = {NAME("input_tokens"), NAME("output_tokens"), NAME("total_tokens")}};
static const form groq_events = {.way = {NAME("x_groq"), NAME("usage")}, .counts = CHAT_COUNTS};

/* ---- shapes of bodies */

#define CHAT_HEAD(model)                                                                                               \
    "{'id':'chatcmpl-$i','object':'chat.completion','created':17$d8,'model':'" model "','choices':["
#define PLAIN_USAGE "{'prompt_tokens':$p,'completion_tokens':$c,'total_tokens':$o}"
#define CHAT_USAGE                                                                                                     \
    "{'prompt_tokens':$p,'completion_tokens':$c,'total_tokens':$o,'prompt_tokens_details':{'cached_tokens':$k,"        \
    "'audio_tokens':0},'completion_tokens_details':{'reasoning_tokens':$r,'audio_tokens':0,"                           \
    "'accepted_prediction_tokens':0,'rejected_prediction_tokens':0}}"
#define CHAT_TAIL ",'service_tier':'default','system_fingerprint':'fp_$x10'}"
#define TEXT_CHOICE(text)                                                                                              \
    "{'index':0,'message':{'role':'assistant','content':'" text "','refusal':null,'annotations':[]},"                  \
    "'logprobs':null,'finish_reason':'stop'}"
#define CALL(arguments)                                                                                                \
    "{'id':'call_$b24','type':'function','function':{'name':'look_up_harbour','arguments':'" arguments "'}}"
#define FILTER "{'filtered':false,'severity':'safe'}"

/* The formatter breaks the texts anywhere. */
/* clang-format off */
static const struct shape {
    const char *name;
    const form *form; /* NULL: a body without usage */
    size_t indent;    /* 0: all in one line */
    const char *template;
} shapes[] = {
    {"chat-short", &chat, 0,
     CHAT_HEAD("example-large-2026-04-14") TEXT_CHOICE("$s60") "],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat", &chat, 0,
     CHAT_HEAD("example-large-2026-04-14") TEXT_CHOICE("$s1100") "],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-indented", &chat, 2,
     CHAT_HEAD("example-mini-2026-07-18") TEXT_CHOICE("$s700") "],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-escapes", &chat, 0,
     CHAT_HEAD("example-large") TEXT_CHOICE("$u150") "],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-utf8", &chat, 0,
     CHAT_HEAD("example-large") TEXT_CHOICE("$y350") "],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-calls", &chat, 0,
     CHAT_HEAD("example-large-2026-04-14") "{'index':0,'message':{'role':'assistant','content':null,'tool_calls':[$[3"
     CALL("{\\'place\\':\\'$s40\\',\\'days\\':$n2,\\'units\\':\\'metric\\'}") "$]],'refusal':null},'logprobs':null,"
     "'finish_reason':'tool_calls'}],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-logprobs", &chat, 0,
     CHAT_HEAD("example-mini-2026-07-18") "{'index':0,'message':{'role':'assistant','content':'$s30','refusal':null},"
     "'logprobs':{'content':[$[8{'token':'$s4','logprob':$f,'bytes':[$[4$n3$]],'top_logprobs':[$[2{'token':'$s4',"
     "'logprob':$f,'bytes':[$[4$n3$]]}$]]}$]],'refusal':null},'finish_reason':'length'}],'usage':" CHAT_USAGE
     CHAT_TAIL},
    {"chat-choices", &chat, 0,
     CHAT_HEAD("example-large") "$[3" TEXT_CHOICE("$s260") "$]],'usage':" CHAT_USAGE CHAT_TAIL},
    {"chat-filtered", &chat, 0,
     "{'choices':[{'content_filter_results':{'hate':" FILTER ",'self_harm':" FILTER ",'sexual':" FILTER ",'violence':"
     FILTER "},'finish_reason':'stop','index':0,'logprobs':null,'message':{'content':'$s400','refusal':null,"
     "'role':'assistant'}}],'created':17$d8,'id':'chatcmpl-$i','model':'example-large','object':'chat.completion',"
     "'prompt_filter_results':[{'prompt_index':0,'content_filter_results':{'hate':" FILTER ","
     "'jailbreak':{'filtered':false,'detected':false},'violence':" FILTER "}}],'system_fingerprint':'fp_$x10','usage':"
     CHAT_USAGE "}"},
    {"completion", &chat, 2,
     "{'id':'cmpl-$b29','object':'text_completion','created':17$d8,'model':'example-instruct','choices':["
     "{'text':'$s90','index':0,'logprobs':null,'finish_reason':'length'}],'usage':" PLAIN_USAGE "}\n"},
    {"responses", &responses, 2,
     "{'id':'resp_$x48','object':'response','created_at':17$d8,'status':'completed','background':false,'error':null,"
     "'incomplete_details':null,'instructions':null,'max_output_tokens':null,'model':'example-5','output':["
     "{'id':'msg_$x48','type':'message','status':'completed','content':[{'type':'output_text','annotations':[],"
     "'logprobs':[],'text':'$s400'}],'role':'assistant'}],'parallel_tool_calls':true,'previous_response_id':null,"
     "'reasoning':{'effort':null,'summary':null},'store':true,'temperature':1.0,'text':{'format':{'type':'text'}},"
     "'tool_choice':'auto','tools':[],'top_p':1.0,'truncation':'disabled','usage':{'input_tokens':$p,"
     "'input_tokens_details':{'cached_tokens':$k},'output_tokens':$c,'output_tokens_details':{'reasoning_tokens':$r},"
     "'total_tokens':$o},'user':null,'metadata':{}}"},
    {"responses-calls", &responses, 0,
     "{'id':'resp_$x48','object':'response','created_at':17$d8,'status':'completed','error':null,'model':'example-5',"
     "'output':[{'id':'rs_$x48','type':'reasoning','encrypted_content':'$b600','summary':[]},$[2{'id':'fc_$x48',"
     "'type':'function_call','status':'completed','arguments':'{\\'query\\':\\'$s30\\'}','call_id':'call_$b24',"
     "'name':'search'}$]],'tools':[{'type':'function','name':'search','description':'$s60',"
     "'parameters':{'type':'object','properties':{'query':{'type':'string'}},'required':['query']},'strict':true}],"
     "'usage':{'input_tokens':$p,'input_tokens_details':{'cached_tokens':$k},'output_tokens':$c,"
     "'output_tokens_details':{'reasoning_tokens':$r},'total_tokens':$o}}"},
    {"embeddings", &vectors, 2,
     "{'object':'list','data':[{'object':'embedding','index':0,'embedding':[$[40$f$]]}],'model':'example-embed',"
     "'usage':{'prompt_tokens':$p,'total_tokens':$o}}\n"},
    {"embeddings-base64", &vectors, 0,
     "{'object':'list','data':[$[2{'object':'embedding','index':$n1,'embedding':'$b1000'}$]],'model':'example-embed',"
     "'usage':{'prompt_tokens':$p,'total_tokens':$o}}"},
    {"error", NULL, 2,
     "{'error':{'message':'$s180','type':'invalid_request_error','param':'messages.[$n1].content',"
     "'code':'context_length_exceeded'}}"},
    {"messages", &messages, 0,
     "{'model':'example-poet-4','id':'msg_01$b22','type':'message','role':'assistant','content':[{'type':'text',"
     "'text':'$s600'}],'stop_reason':'end_turn','stop_sequence':null,'usage':{'input_tokens':$p,"
     "'cache_creation_input_tokens':$v,'cache_read_input_tokens':$k,'cache_creation':{'ephemeral_5m_input_tokens':$v,"
     "'ephemeral_1h_input_tokens':0},'output_tokens':$c,'service_tier':'standard'}}"},
    {"messages-thinking", &messages, 0,
     "{'model':'example-poet-4','id':'msg_01$b22','type':'message','role':'assistant','content':[{'type':'thinking',"
     "'thinking':'$s500','signature':'$b900'},{'type':'text','text':'$s500'}],'stop_reason':'end_turn',"
     "'stop_sequence':null,'usage':{'input_tokens':$p,'cache_creation_input_tokens':$v,'cache_read_input_tokens':$k,"
     "'output_tokens':$c,'service_tier':'standard'}}"},
    {"messages-tools", &messages, 0,
     "{'id':'msg_01$b22','type':'message','role':'assistant','model':'example-poet-4','content':[{'type':'text',"
     "'text':'$s80'},$[2{'type':'tool_use','id':'toolu_01$b22','name':'read_log','input':{'path':'/ships/$n3.log',"
     "'lines':$n3,'tail':true,'filter':{'word':'$s10','case':false}}}$]],'stop_reason':'tool_use','stop_sequence':null,"
     "'usage':{'input_tokens':$p,'cache_creation_input_tokens':$v,'cache_read_input_tokens':$k,'output_tokens':$c}}"},
    {"candidates", &candidates, 2,
     "{'candidates':[{'content':{'parts':[{'text':'$s500'}],'role':'model'},'finishReason':'STOP','avgLogprobs':$f}],"
     "'usageMetadata':{'promptTokenCount':$p,'candidatesTokenCount':$c,'totalTokenCount':$o,'promptTokensDetails':["
     "{'modality':'TEXT','tokenCount':$p}],'thoughtsTokenCount':$r},'modelVersion':'example-pro',"
     "'responseId':'$b23'}\n"},
    {"candidates-signed", &candidates, 2,
     "{'candidates':[{'content':{'parts':[{'text':'$s100','thoughtSignature':'$b1200'}],'role':'model'},"
     "'finishReason':'STOP','index':0}],'usageMetadata':{'promptTokenCount':$p,'candidatesTokenCount':$c,"
     "'totalTokenCount':$o,'promptTokensDetails':[{'modality':'TEXT','tokenCount':$p}],'thoughtsTokenCount':$r},"
     "'modelVersion':'example-pro','responseId':'$b23'}\n"},
    {"candidates-calls", &candidates, 0,
     "{'candidates':[{'content':{'parts':[$[2{'functionCall':{'name':'moor','args':{'pier':$n2,'rope':'$s20'}}}$]],"
     "'role':'model'},'finishReason':'STOP','safetyRatings':[$[4{'category':'HARM_CATEGORY_EXAMPLE',"
     "'probability':'NEGLIGIBLE','blocked':false}$]],'index':0}],'usageMetadata':{'promptTokenCount':$p,"
     "'candidatesTokenCount':$c,'totalTokenCount':$o,'thoughtsTokenCount':$r},'modelVersion':'example-flash'}"},
    /* (0.2 read `tokens`, 0.3 reads what is billed: here they are the same.) */
    {"cohere", &billed, 0,
     "{'id':'$x8-$x4-$x4-$x4-$x12','message':{'role':'assistant','content':[{'type':'text','text':'$s300'}]},"
     "'finish_reason':'COMPLETE','usage':{'billed_units':{'input_tokens':$p,'output_tokens':$c},"
     "'tokens':{'input_tokens':$p,'output_tokens':$c},'cached_tokens':$k}}"},
    {"bedrock", &converse, 0,
     "{'metrics':{'latencyMs':$n4},'output':{'message':{'content':[{'text':'$s500'}],'role':'assistant'}},"
     "'stopReason':'end_turn','usage':{'cacheReadInputTokens':$k,'cacheWriteInputTokens':$v,'inputTokens':$p,"
     "'outputTokens':$c,'serverToolUsage':{},'totalTokens':$o}}"},
    {"mistral", &chat, 0,
     "{'id':'$x32','created':17$d8,'model':'example-small-latest','usage':" PLAIN_USAGE ",'object':'chat.completion',"
     "'choices':[{'index':0,'finish_reason':'stop','message':{'role':'assistant','tool_calls':null,"
     "'content':'$s700 $u6 $s300'}}]}"},
    {"deepseek", &chat, 0,
     CHAT_HEAD("example-seek") "{'index':0,'message':{'role':'assistant','content':'$s400',"
     "'reasoning_content':'$s900'},'logprobs':null,'finish_reason':'stop'}],'usage':{'prompt_tokens':$p,"
     "'completion_tokens':$c,'total_tokens':$o,'prompt_tokens_details':{'cached_tokens':$k},"
     "'completion_tokens_details':{'reasoning_tokens':$r},'prompt_cache_hit_tokens':$k,'prompt_cache_miss_tokens':$n4},"
     "'system_fingerprint':'fp_$x10_prod'}"},
    {"groq", &chat, 0,
     CHAT_HEAD("example-versatile") "{'index':0,'message':{'role':'assistant','content':'$s900'},'logprobs':null,"
     "'finish_reason':'stop'}],'usage':{'queue_time':$f,'prompt_tokens':$p,'prompt_time':$f,'completion_tokens':$c,"
     "'completion_time':$f,'total_tokens':$o,'total_time':$f},'usage_breakdown':null,'system_fingerprint':'fp_$x10',"
     "'x_groq':{'id':'req_01$x24','seed':1$d9},'service_tier':'on_demand'}\n"},
    {"citations", &chat, 0,
     "{'id':'$x8-$x4-$x4-$x4-$x12','model':'example-search','created':17$d8,'usage':{'prompt_tokens':$p,"
     "'completion_tokens':$c,'total_tokens':$o,'search_context_size':'low','cost':{'input_tokens_cost':$f,"
     "'output_tokens_cost':$f,'total_cost':$f}},'citations':[$[5'https://example.org/$x6/harbour-lights/'$]],"
     "'search_results':[$[3{'title':'$s40','url':'https://example.org/$x6/','date':'2026-0$n1-1$n1',"
     "'snippet':'$s90'}$]],'object':'chat.completion','choices':[{'index':0,'message':{'role':'assistant',"
     "'content':'$s500'},'finish_reason':'stop'}]}"},
    {"local-server", &chat, 0,
     "{'id':'chatcmpl-$i','object':'chat.completion','created':17$d8,'model':'example-7b','choices':[{'index':0,"
     "'message':{'role':'assistant','content':'$s250','refusal':null,'annotations':null,'audio':null,"
     "'function_call':null,'tool_calls':[],'reasoning':null},'logprobs':null,'finish_reason':'stop','stop_reason':null,"
     "'token_ids':null}],'service_tier':null,'usage':{'prompt_tokens':$p,'total_tokens':$o,'completion_tokens':$c,"
     "'prompt_tokens_details':null},'prompt_logprobs':null,'kv_transfer_params':null,'timings':{'prompt_n':$n3,"
     "'prompt_ms':$f,'prompt_per_second':$f,'predicted_n':$n3,'predicted_ms':$f}}"},
    {"ollama", &durations, 0,
     "{'model':'example:8b','created_at':'2026-07-1$d1T10:0$d1:0$d1.$d9Z','message':{'role':'assistant',"
     "'content':'$s400'},'done_reason':'stop','done':true,'total_duration':1$d9,'load_duration':1$d7,"
     "'prompt_eval_count':$p,'prompt_eval_duration':1$d8,'eval_count':$c,'eval_duration':1$d9}"},
    {"interaction", &interaction, 0,
     "{'id':'v1_$b60','status':'completed','usage':{'total_tokens':$o,'total_input_tokens':$p,"
     "'input_tokens_by_modality':[{'modality':'text','tokens':$p}],'total_cached_tokens':$k,'total_output_tokens':$c,"
     "'total_tool_use_tokens':0,'total_thought_tokens':$r},'created':'2026-05-1$n1T18:51:5$n1Z','steps':["
     "{'signature':'$b200','type':'thought'},{'content':[{'text':'$s300','type':'text'}],'type':'model_output'}],"
     "'object':'interaction','model':'example-flash'}"},
};

static const struct shape large_text = {
    "", &chat, 0, CHAT_HEAD("example-large") TEXT_CHOICE("$s200000") "],'usage':" CHAT_USAGE CHAT_TAIL};
static const struct shape large_logprobs = {
    "", &chat, 0,
    CHAT_HEAD("example-large") "{'index':0,'message':{'role':'assistant','content':'$s200'},'logprobs':{'content':["
    "$[1600{'token':'$s4','logprob':$f,'bytes':[$[4$n3$]],'top_logprobs':[]}$]]},'finish_reason':'stop'}],'usage':"
    CHAT_USAGE CHAT_TAIL};
/* clang-format on */

const size_t shape_count = sizeof shapes / sizeof *shapes;

const char *shape_name(size_t shape) {
    return shapes[shape].name;
}

static void put_body(texts *to, const struct shape *shape) {
    const values made = some_values(shape->form);
    begin_text(to);
    put_template(to, shape->template, &made);
    if (shape->indent > 0) {
        indent_text(to, shape->indent);
    }
    end_text(to, shape->form ? shape->form : &chat, &made, shape->form != NULL);
}

enum {
    SEED = 20240229
};

/* The shapes come in random order, so that no shape can be guessed from the one before. */
void make_different_bodies(texts *made, size_t count) {
    begin_texts(made, SEED);
    while (made->count < count) {
        put_body(made, &shapes[chance(shape_count)]);
    }
}

/* The same bytes each time. */
void make_same_bodies(texts *made, size_t shape, size_t count) {
    begin_texts(made, SEED);
    while (made->count < count) {
        seed_chance(SEED + shape);
        put_body(made, &shapes[shape]);
    }
}

void make_large_bodies(texts *made, bool with_logprobs) {
    begin_texts(made, SEED);
    while (made->count < 4) {
        put_body(made, with_logprobs ? &large_logprobs : &large_text);
    }
}

/* ---- streams */

#define EVENT_HEAD                                                                                                     \
    "data: {'id':'chatcmpl-$i','object':'chat.completion.chunk','created':1764657993,'model':'example-7b-instruct',"   \
    "'system_fingerprint':'fp_44709d6fcb','choices':["
#define DELTA(text) "{'index':0,'delta':{'content':'" text "'},'logprobs':null,'finish_reason':null}]"

static const struct stream {
    const char *event;
    bool is_running;
} streams[] = {
    [STREAM_NULL] = {EVENT_HEAD DELTA("$s4") ",'usage':null}\n\n", false},
    [STREAM_END] = {EVENT_HEAD DELTA("$s4") "}\n\n", false},
    [STREAM_RUNNING] = {EVENT_HEAD DELTA("$s4") ",'usage':" PLAIN_USAGE "}\n\n", true},
    [STREAM_EARLY] = {"data: {'id':'$i','model':'example-search','created':1764657993,'usage':" PLAIN_USAGE
                      ",'citations':['https://example.org/1/harbour-lights-and-the-boats-that-wait-in-winter/',"
                      "'https://example.org/2/seven-lamps-lit-before-dusk/','https://example.org/3/frost-on-a-pane/',"
                      "'https://example.org/4/what-the-hills-gave-the-river-carries-down/'],"
                      "'object':'chat.completion.chunk','choices':[{'index':0,'delta':{'role':'assistant',"
                      "'content':'$s60'}}]}\n\n",
                      true},
    [STREAM_ESCAPED] = {EVENT_HEAD DELTA("$u3") ",'usage':null}\n\n", false},
    [STREAM_LARGE] = {EVENT_HEAD DELTA("$s9800") ",'usage':null}\n\n", false},
};

enum {
    STREAM_BYTES = 128000
};

static void put_stream(texts *to, const struct stream *stream) {
    values made = some_values(&chat);
    uint64_t reports = 1;
    begin_text(to);
    const size_t end = to->size + STREAM_BYTES;
    while (to->size < end) {
        made.completion += 1 + (int64_t)chance(3);
        made.total = made.prompt + made.completion;
        put_template(to, stream->event, &made);
        reports += stream->is_running;
    }
    put_template(to, EVENT_HEAD "],'usage':" CHAT_USAGE "}\n\ndata: [DONE]\n\n", &made);
    end_text(to, &chat, &made, reports);
}

/* As long as real ones. Four of them make a run longer than the clock's grain. */
void make_streams(texts *made, stream_form form, bool crlf) {
    begin_texts(made, SEED);
    made->crlf = crlf;
    while (made->count < 4) {
        put_stream(made, &streams[form]);
    }
}

/* ---- short streams */

#define CITED                                                                                                          \
    "data: {'id':'$i','model':'example-search','usage':" PLAIN_USAGE                                                   \
    ",'citations':['https://example.org/$x6/lamps/'],'choices':[{'index':0,'delta':{'content':'$s12'}}]}\n\n"
#define CANDIDATE(text, end)                                                                                           \
    "data: {'candidates':[{'content':{'parts':[{'text':'" text "'}],'role':'model'}" end                               \
    ",'index':0}],'usageMetadata':{"
#define ANSWER "{'id':'resp_$x24','object':'response','created_at':17$d8,'model':'example-large-2026-04-14','status':"

/* What a service sends first, again and again, and last. */
/* clang-format off */
static const struct service {
    const form *form;
    bool each;      /* each event has a usage */
    bool elsewhere; /* the first event has one at another path */
    const char *first, *middle, *last;
} services[] = {
    {&chat, false, false,
     EVENT_HEAD "{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null}],'usage':null}\n\n",
     EVENT_HEAD DELTA("$s8") ",'usage':null}\n\n",
     EVENT_HEAD "],'usage':" CHAT_USAGE "}\n\ndata: [DONE]\n\n"},
    {&chat, false, false,
     "data: {'id':'$x32','object':'chat.completion.chunk','created':17$d8,'model':'example-small','choices':["
     "{'index':0,'delta':{'role':'assistant','content':''},'finish_reason':null}]}\n\n",
     "data: {'id':'$x32','object':'chat.completion.chunk','created':17$d8,'model':'example-small','choices':["
     "{'index':0,'delta':{'content':'$s12'},'finish_reason':null}]}\n\n",
     "data: {'id':'$x32','object':'chat.completion.chunk','created':17$d8,'model':'example-small','choices':["
     "{'index':0,'delta':{'content':''},'finish_reason':'stop'}],'usage':" PLAIN_USAGE "}\n\ndata: [DONE]\n\n"},
    {&chat, true, false, CITED, CITED, CITED},
    {&candidates, true, false,
     CANDIDATE("$s20", "") "'promptTokenCount':$p,'totalTokenCount':$p},'modelVersion':'example-flash'}\n\n",
     CANDIDATE("$s90", "") "'promptTokenCount':$p,'totalTokenCount':$p},'modelVersion':'example-flash'}\n\n",
     CANDIDATE("$s40", ",'finishReason':'STOP'") "'promptTokenCount':$p,'candidatesTokenCount':$c,'totalTokenCount':$o,"
     "'promptTokensDetails':[{'modality':'TEXT','tokenCount':$p}],'thoughtsTokenCount':$r},"
     "'modelVersion':'example-flash','responseId':'$b23'}\n\n"},
    {&responses_events, false, false,
     "event: response.created\ndata: {'type':'response.created','response':" ANSWER
     "'in_progress','output':[],'usage':null}}\n\n",
     "event: response.output_text.delta\ndata: {'type':'response.output_text.delta','item_id':'msg_$x24',"
     "'output_index':0,'content_index':0,'delta':'$s8'}\n\n",
     "event: response.completed\ndata: {'type':'response.completed','response':" ANSWER
     "'completed','output':[{'type':'message','content':[{'type':'output_text','text':'$s60'}]}],'usage':{"
     "'input_tokens':$p,'input_tokens_details':{'cached_tokens':$k},'output_tokens':$c,'output_tokens_details':{"
     "'reasoning_tokens':$r},'total_tokens':$o}}}\n\n"},
    {&groq_events, false, false,
     EVENT_HEAD "{'index':0,'delta':{'role':'assistant'},'finish_reason':null}],'x_groq':{'id':'req_$x24'}}\n\n",
     EVENT_HEAD DELTA("$s8") "}\n\n",
     EVENT_HEAD "{'index':0,'delta':{},'finish_reason':'stop'}],'x_groq':{'id':'req_$x24','usage':{'queue_time':$f,"
     "'prompt_tokens':$p,'completion_tokens':$c,'total_tokens':$o,'total_time':$f}}}\n\ndata: [DONE]\n\n"},
    {&messages, false, true,
     "event: message_start\ndata: {'type':'message_start','message':{'model':'example-poet-4','id':'msg_01$b22',"
     "'type':'message','role':'assistant','content':[],'usage':{'input_tokens':$p,'cache_read_input_tokens':$k,"
     "'output_tokens':1}}}\n\n",
     "event: content_block_delta\ndata: {'type':'content_block_delta','index':0,'delta':{'type':'text_delta',"
     "'text':'$s12'}}\n\n",
     "event: message_delta\ndata: {'type':'message_delta','delta':{'stop_reason':'end_turn','stop_sequence':null},"
     "'usage':{'input_tokens':$p,'cache_creation_input_tokens':$v,'cache_read_input_tokens':$k,'output_tokens':$c}}\n\n"
     "event: message_stop\ndata: {'type':'message_stop'}\n\n"},
};
/* clang-format on */

enum {
    SERVICES = sizeof services / sizeof *services
};

static void put_short_stream(texts *to, const struct service *service, size_t events) {
    const values made = some_values(service->form);
    begin_text(to);
    for (size_t left = events; left > 0; left--) {
        const bool first = left == events;
        put_template(to, left == 1 ? service->last : first ? service->first : service->middle, &made);
    }
    const bool elsewhere = service->elsewhere && events > 1;
    end_text(to, service->form, &made, service->each ? events : 1 + (uint64_t)elsewhere);
    to->text[to->count - 1].named_reports -= elsewhere;
}

void make_short_streams(texts *made, size_t events, size_t count) {
    begin_texts(made, SEED + events);
    while (made->count < count) {
        put_short_stream(made, &services[chance(SERVICES)], events);
    }
}

/* ---- generated inputs */

/* Members that mean nothing, with names of any letters. */
static void put_others(texts *to, const values *values) {
    static const char *const others[] = {"'$x6':'$s40',",      "'$x12':$n7,",
                                         "'$x3':null,",        "'$x9_$x4':true,",
                                         "'$x5':[$[4$n5$]],",  "'$x7':{'$x4':$f},",
                                         "'$x16':'$u6 $s20',", "'$x4':'$b60',",
                                         "'$x8':[],",          "'$x10':{'$x5':'$s10','$x3':[{}]},"};
    for (uint64_t left = chance(6); left > 0; left--) {
        put_template(to, others[chance(sizeof others / sizeof *others)], values);
    }
}

/* A document of one of the forms, with its members in any order. */
static void put_generated(texts *to, const form *form, const values *values) {
    static const char *const texts_of[] = {"'choices':[{'index':0,'message':{'content':'$s300'}}],",
                                           "'content':[{'type':'text','text':'$s900'}],", "'output':'$s30 $y40',"};
    static const char *const counts_of[] = {"$p", "$c", "$o"};
    const bool usage_first = chance(2) == 0;
    put_template(to, "{", values);
    put_others(to, values);
    for (int part = 0; part < 2; part++) {
        if (usage_first == (part == 1)) {
            put_template(to, texts_of[chance(sizeof texts_of / sizeof *texts_of)], values);
            put_others(to, values);
            continue;
        }
        size_t depth = 0;
        for (; depth < WAY_MAX && form->way[depth].bytes; depth++) {
            put_bytes(to, "\"", 1);
            put_bytes(to, form->way[depth].bytes, form->way[depth].length);
            put_bytes(to, "\":{", 3);
            put_others(to, values);
        }
        const size_t turn = chance(COUNT_NAMES);
        for (size_t i = 0; i < COUNT_NAMES; i++) {
            const size_t count = (i + turn) % COUNT_NAMES;
            if (form->counts[count].bytes) {
                put_bytes(to, "\"", 1);
                put_bytes(to, form->counts[count].bytes, form->counts[count].length);
                put_bytes(to, "\":", 2);
                put_template(to, counts_of[count], values);
                put_bytes(to, ",", 1);
            }
        }
        put_template(to, "'$x5':0", values);
        put_bytes(to, "}}", depth);
        put_bytes(to, ",", 1);
    }
    put_template(to, "'$x7':$n2}", values);
}

void make_generated(texts *made, size_t count, bool streams) {
    static const form *const forms[] = {&chat, &responses, &responses_events, &groq_events, &vectors};
    begin_texts(made, SEED + 100 + streams);
    while (made->count < count) {
        const form *const form = forms[chance(sizeof forms / sizeof *forms)];
        const values some = some_values(form);
        begin_text(made);
        const uint64_t events = streams ? 1 + chance(8) : 1;
        for (uint64_t left = events; left > 0; left--) {
            put_bytes(made, "data: ", streams ? 6 : 0);
            put_generated(made, form, &some);
            put_bytes(made, "\n\n", streams ? 2 : 0);
        }
        if (!streams && chance(3) == 0) {
            indent_text(made, 2);
        }
        end_text(made, form, &some, events);
    }
}

/* ---- usage objects */

/* Many different ones, so that the processor cannot learn the branches. */
void make_usages(texts *made, bool with_details) {
    begin_texts(made, SEED);
    while (made->count < 256) {
        const values some = some_values(&bare_chat);
        begin_text(made);
        put_template(made, with_details ? CHAT_USAGE : PLAIN_USAGE, &some);
        end_text(made, &bare_chat, &some, 1);
    }
}
