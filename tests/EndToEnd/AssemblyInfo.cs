using Xunit.Sdk;

// Each collection has processes and ports of its own, and waits for them most of the time.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.Collections, MaxThreads = 3)]
