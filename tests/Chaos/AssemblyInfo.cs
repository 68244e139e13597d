using Xunit.Sdk;

// Each run wants the machine for itself.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]
