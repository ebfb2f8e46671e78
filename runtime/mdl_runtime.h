/*===- mdl_runtime.h - Compiled models from C ---------------------*- C -*-===*
 * Loads a program that `mdlc compile MODEL.mdl -o FILE.mdlp` wrote, sets its
 * inputs, evaluates it and reads its numbers. It needs no compiler, no model
 * file and no environment; link with the CMake target `mdl::runtime`.
 *
 *     mdl_error error;
 *     mdl_program *program = mdl_program_load("wan.mdlp", &error);
 *     mdl_evaluation *job = mdl_evaluation_create(program, &error);
 *     mdl_number flops;
 *     if (mdl_evaluation_set_int64(job, "height", 480, &error) == MDL_OK &&
 *         mdl_evaluation_run(job, &error) == MDL_OK &&
 *         mdl_evaluation_read(job, NULL, "flops_tensor", &flops, &error) == MDL_OK)
 *       printf("%s FLOP\n", flops.text);
 *     mdl_evaluation_free(job);
 *     mdl_program_free(program);
 *
 * Errors. What can fail takes an `mdl_error` of the caller, or NULL, and fills it
 * when it fails; nothing is kept between calls. A NULL where a handle, a name or
 * a result is wanted is the error `bad-argument`. No exception leaves a function.
 *
 * Threads. A program never changes: any number of threads may use one at a time,
 * as long as none frees it. An evaluation belongs to one thread at a time; two
 * evaluations are independent of each other, of one program, too. There is no
 * global state.
 *
 * Texts are UTF-8 and end with a zero byte. Those that are handed out belong to
 * the handle that they came from and live as long as it.
 *
 * Stability. Functions and fields are only ever added: functions anywhere, fields
 * of structures not at all - a new structure is made for them. A program of any
 * older format is read.
 *
 * Many jobs. `mdl_batch_...` evaluates one program for columns of inputs, some
 * ten million jobs a second and core, in doubles with a bound that it states.
 *===----------------------------------------------------------------------===*/
#ifndef MDL_RUNTIME_H
#define MDL_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mdl_status { MDL_OK = 0, MDL_ERROR = 1 } mdl_status;

/* Why a call failed. A text that does not fit is cut. `mdlc help SLUG` explains a slug. */
typedef struct mdl_error {
  char slug[32];     /* a stable name: `bad-program`, `out-of-range`, `guard-failed` */
  char message[736]; /* for people; one line */
  char place[256];   /* `file:line:column` of the source, the file of a program, or empty */
} mdl_error;

/* A compiled model. */
typedef struct mdl_program mdl_program;
/* The values of its inputs and, after a run, its numbers. */
typedef struct mdl_evaluation mdl_evaluation;

/*===--- Versions ------------------------------------------------------------===*/

/* The version of this library: `0.1`. */
const char *mdl_runtime_version(void);
/* The newest format of a program that is read. */
uint32_t mdl_runtime_format(void);

/*===--- Programs ------------------------------------------------------------===*/

/* Loads a file. NULL after an error: `file-not-found`, `bad-program` (another kind of file, cut off, damaged),
 * `newer-program`, `out-of-memory`. */
mdl_program *mdl_program_load(const char *path, mdl_error *error);
/* The same of `size` bytes, which are not needed afterwards. */
mdl_program *mdl_program_load_bytes(const void *bytes, size_t size, mdl_error *error);
/* Ends a program; its evaluations have ended before. NULL is nothing. */
void mdl_program_free(mdl_program *program);

/* What was compiled. Texts that there is nothing for are empty. */
typedef struct mdl_program_info {
  const char *model, *title; /* the pipeline: `wan21_t2v_14b` */
  const char *source;        /* the file of the model, as it was given to the compiler */
  const char *version;       /* SHA-256 over the sources of the model */
  const char *commit;        /* of the vendor's code that the model follows */
  const char *workload;      /* whose values the inputs have by default */
  const char *convention;    /* which FLOPs count */
  const char *traffic;       /* which bytes count */
  const char *precision;     /* `Precision: compute fp16, storage 16 bit (fp16)` */
  const char *device;        /* whose times are there */
} mdl_program_info;
mdl_status mdl_program_describe(const mdl_program *program, mdl_program_info *info, mdl_error *error);

typedef enum mdl_input_type { MDL_INTEGER = 0, MDL_BOOLEAN = 1, MDL_CHOICE = 2 } mdl_input_type;

/* What a job may set. An integer may need 128 bits, so values and ranges are decimal text. */
typedef struct mdl_input {
  const char *name;
  mdl_input_type type;
  const char *unit;           /* `frame`, `token`; empty for a plain count */
  const char *doc;            /* what the author says about it; may be empty */
  const char *value;          /* what it is until it is set: `81`, `true`, `gundam` */
  const char *low, *high;     /* integers: the range, both ends inclusive; NULL for an open end */
  size_t choice_count;        /* of a choice; else 0 */
  const char *const *choices; /* their names; the value of a choice is a position among them */
  int fixed;                  /* 1: compiled in; no other value can be set */
} mdl_input;
size_t mdl_program_input_count(const mdl_program *program);
mdl_status mdl_program_input(const mdl_program *program, size_t index, mdl_input *input, mdl_error *error);
/* The position of an input; on failure `unknown-input`. */
mdl_status mdl_program_find_input(const mdl_program *program, const char *name, size_t *index, mdl_error *error);

/* How the numbers of nodes make that of what is above them. */
typedef enum mdl_fold {
  MDL_SUM = 0,  /* work: adds up */
  MDL_ONCE = 1, /* storage: shared parts count once */
  MDL_PEAK = 2, /* the largest moment */
  MDL_EACH = 3  /* belongs to one node only */
} mdl_fold;

typedef struct mdl_metric {
  const char *name;  /* `flops_tensor`, as in the JSON of `mdlc eval` */
  const char *title; /* `tensor FLOPs` */
  const char *unit;  /* `FLOP`, `byte`, `s`; empty for a count */
  mdl_fold fold;
  int absent; /* 1: the convention does not have it; reading it gives MDL_ABSENT */
} mdl_metric;
size_t mdl_program_metric_count(const mdl_program *program);
mdl_status mdl_program_metric(const mdl_program *program, size_t index, mdl_metric *metric, mdl_error *error);

typedef struct mdl_stage {
  const char *name; /* also the id of its node: `diffusion` */
  const char *title;
  const char *resident; /* stages of one resident share their weights */
} mdl_stage;
size_t mdl_program_stage_count(const mdl_program *program);
mdl_status mdl_program_stage(const mdl_program *program, size_t index, mdl_stage *stage, mdl_error *error);

/* What a reader of the numbers must know: rules and conventions, and what the compiler warned of. NULL beyond the end. */
size_t mdl_program_assumption_count(const mdl_program *program);
const char *mdl_program_assumption(const mdl_program *program, size_t index);
/* What the vendor's pipeline has and the model leaves out. NULL beyond the end. */
size_t mdl_program_not_modelled_count(const mdl_program *program);
const char *mdl_program_not_modelled(const mdl_program *program, size_t index);

/*===--- Evaluations -----------------------------------------------------------===*/

/* An evaluation whose inputs have the values of `mdl_input::value`. NULL after an error. It uses the program, which
 * must live longer. */
mdl_evaluation *mdl_evaluation_create(const mdl_program *program, mdl_error *error);
/* NULL is nothing. */
void mdl_evaluation_free(mdl_evaluation *evaluation);

/* Sets an input by its name: an integer, 0 or 1 for a truth value, the position of a choice. Errors: `unknown-input`. The
 * range is looked at by the run. */
mdl_status mdl_evaluation_set_int64(mdl_evaluation *evaluation, const char *name, int64_t value, mdl_error *error);
/* The same by text: decimal digits (up to 2^127), `true` or `false`, the name of a choice. Errors: `unknown-input`,
 * `input-type`. */
mdl_status mdl_evaluation_set_text(mdl_evaluation *evaluation, const char *name, const char *value, mdl_error *error);
/* Both by the position of the input: nothing is looked up. Errors: `unknown-input`, `input-type`. */
mdl_status mdl_evaluation_set_int64_at(mdl_evaluation *evaluation, size_t input, int64_t value, mdl_error *error);
mdl_status mdl_evaluation_set_text_at(mdl_evaluation *evaluation, size_t input, const char *value, mdl_error *error);

/* Evaluates. Errors: `out-of-range` and `fixed-input` name the input; `guard-failed` has the author's text and place;
 * `overflow`, `too-many-turns` a condition that could not be computed. After an error there are no numbers. */
mdl_status mdl_evaluation_run(mdl_evaluation *evaluation, mdl_error *error);

/* What the author warns of for these inputs, and after `extrapolation: ` each range for which the model is made and that
 * the inputs leave. Of the last run, until the next; NULL beyond the end. */
size_t mdl_evaluation_warning_count(const mdl_evaluation *evaluation);
const char *mdl_evaluation_warning(const mdl_evaluation *evaluation, size_t index);

typedef enum mdl_number_kind {
  MDL_ABSENT = 0, /* the node or the convention does not have it: null in JSON, an empty text */
  MDL_EXACT = 1,  /* an integer, exact to the last digit */
  MDL_REAL = 2    /* a double: times, expectations, fractions of bytes */
} mdl_number_kind;

typedef struct mdl_number {
  mdl_number_kind kind;
  int fits;        /* 1: `integer` is the value, exactly */
  int64_t integer; /* 0 when it does not fit */
  double real;     /* the value, or the double that is nearest to it */
  char text[48];   /* all digits of an integer; the shortest digits of a real that read back as the same double */
} mdl_number;

/* Reads a number of the last run, in the unit of its metric.
 *   node    an id, `diffusion` or `diffusion.blocks.7.ffn`; NULL for the total of the job
 *   metric  a name, `flops_tensor`; of a node also `calls`, how often it runs
 * Errors: `not-evaluated`, `unknown-metric`, `unknown-node` (names the nearest ids), `overflow` (beyond 2^127, or a real
 * that is not finite), `too-many-turns` (of a sum). */
mdl_status mdl_evaluation_read(mdl_evaluation *evaluation, const char *node, const char *metric, mdl_number *number,
                               mdl_error *error);

/*===--- Many jobs at once -----------------------------------------------------===*/

/* What a program computes for many jobs: which inputs vary, and which numbers are wanted. It belongs to one thread at a
 * time and uses the program, which outlives it.
 *
 *     mdl_batch *batch = mdl_batch_create(program, &error);
 *     mdl_batch_vary(batch, "height", 16, 4096, &error);
 *     mdl_batch_want(batch, NULL, "flops_tensor", &error);
 *     mdl_batch_run(batch, count, inputs, outputs, valid, 0, &error);
 */
typedef struct mdl_batch mdl_batch;
/* Inputs that do not vary have the values of the compiled job. */
mdl_batch *mdl_batch_create(const mdl_program *program, mdl_error *error);
void mdl_batch_free(mdl_batch *batch);

/* A value for all jobs. Errors: `unknown-input`, `input-type`; `fixed-input` and `out-of-range` at the run. */
mdl_status mdl_batch_set_int64(mdl_batch *batch, const char *input, int64_t value, mdl_error *error);
/* An input that has a value for each job, from `low` to `high`, both inclusive. Narrow bounds give narrow errors. The
 * columns of a run are in the order of these calls. Errors: `unknown-input`, `fixed-input`, `out-of-range`, and
 * `bad-argument` for a second call or bounds that run backwards. */
mdl_status mdl_batch_vary(mdl_batch *batch, const char *input, int64_t low, int64_t high, mdl_error *error);
/* A number that is wanted of each job: of a stage by its name, or the job's total with NULL. The results of a run are in
 * the order of these calls. Errors: `unknown-metric` (also one that the convention does not have), `unknown-node`. */
mdl_status mdl_batch_want(mdl_batch *batch, const char *stage, const char *metric, mdl_error *error);

/* How far a result can be from the exact number, whatever the job: |result - exact| <= relative * |exact| + absolute. */
typedef struct mdl_accuracy {
  double relative, absolute; /* 0 and 0: exact */
  int exact_below_2p53;      /* 1: a result below 2^53 is exact all the same */
} mdl_accuracy;
/* Of the result with this number. Errors: `bad-argument`, and those of inputs that do not vary. */
mdl_status mdl_batch_accuracy(mdl_batch *batch, size_t result, mdl_accuracy *accuracy, mdl_error *error);

/* Evaluates `count` jobs.
 *   inputs   for each input that varies, `count` whole numbers within its bounds
 *   results  for each number that is wanted, room for `count`, or NULL: not stored. In the unit of the metric; no number
 *            (NaN) where the exact one does not fit into 127 bits
 *   valid    NULL, or room for `count`: 1 where all values are within their bounds and all requirements of the model hold
 *   threads  0: one for each processor. No number depends on it
 * Errors: `out-of-range`, `fixed-input` of inputs that do not vary; `bad-argument`. A value that is not allowed is no
 * error: `valid` says so and the results of that job have no meaning. */
mdl_status mdl_batch_run(mdl_batch *batch, size_t count, const double *const *inputs, double *const *results,
                         unsigned char *valid, unsigned threads, mdl_error *error);

#ifdef __cplusplus
}
#endif

#endif
