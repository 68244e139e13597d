using Xunit.Sdk;

// The tests share the machine with the clusters they start.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]
