namespace AudienceSync.Host.Tests.Nodes;

/// <summary>
/// Tests that measure several processes against real time: they run while no other test does, because a Host that gets no processor for
/// eight seconds counts as silent, and rightly so.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
