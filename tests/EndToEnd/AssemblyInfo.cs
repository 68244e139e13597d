// The tests share two cores with the clusters they start.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
