// A silo and a browser each want a processor; what runs beside them would only make them late.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
