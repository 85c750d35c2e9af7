// Runs the benchmarks of test/bench and prints what they measured as one table: each prints lines "what | measured | against | ratio | goal".
