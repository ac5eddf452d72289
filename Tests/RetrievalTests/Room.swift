// The tests follow with the evaluation.
