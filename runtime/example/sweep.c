/* sweep.c - work and memory of a model for several values of an input.
 *
 *   mdlc compile models/wan2.1/t2v_14b.mdl --workload 720p -o wan.mdlp
 *   sweep wan.mdlp height 480 720 1080
 */
#include <mdl_runtime.h>
#include <stdio.h>

static int fail(const mdl_error *error) {
  fprintf(stderr, "%s%serror: %s [%s]\n", error->place, error->place[0] ? ": " : "", error->message, error->slug);
  return 1;
}

/* One line: the value, the FLOPs and the peak of the activations. */
static int evaluate(mdl_evaluation *job, const char *input, const char *value) {
  mdl_error error;
  mdl_number flops, peak;
  if (mdl_evaluation_set_text(job, input, value, &error) || mdl_evaluation_run(job, &error) ||
      mdl_evaluation_read(job, NULL, "flops_tensor", &flops, &error) ||
      mdl_evaluation_read(job, NULL, "activation_peak_bytes", &peak, &error))
    return fail(&error);
  for (size_t i = 0; i < mdl_evaluation_warning_count(job); ++i)
    fprintf(stderr, "warning: %s\n", mdl_evaluation_warning(job, i));
  printf("%s %s: %s FLOP, peak %s B\n", input, value, flops.text, peak.text);
  return 0;
}

int main(int argc, char **argv) {
  mdl_error error;
  if (argc < 4) {
    fprintf(stderr, "usage: sweep FILE.mdlp INPUT VALUE...\n");
    return 2;
  }
  mdl_program *program = mdl_program_load(argv[1], &error);
  mdl_evaluation *job = program ? mdl_evaluation_create(program, &error) : NULL;
  int failed = job ? 0 : fail(&error);
  for (int i = 3; i < argc && !failed; ++i) failed = evaluate(job, argv[2], argv[i]);
  mdl_evaluation_free(job);
  mdl_program_free(program);
  return failed;
}
