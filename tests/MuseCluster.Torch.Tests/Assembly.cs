// Tests share libtorch's process-wide state: the count of tensors, the generator, the number of threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
