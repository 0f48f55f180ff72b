using System.Collections.Concurrent;

namespace AudienceSync.Host.Requests;

/// <summary>The services of the workspaces that this process runs: each workspace has a container of its own.</summary>
public sealed class WorkspaceServices
{
    /// <summary>The workspace that is meant when none is named.</summary>
    public const string Default = "default";

    private readonly ConcurrentDictionary<string, IServiceProvider> _workspaces = new(StringComparer.Ordinal);

    /// <summary>The container of a workspace; null when it does not exist.</summary>
    /// <param name="name">Its name; null for the default one.</param>
    public IServiceProvider? Find(string? name) => _workspaces.GetValueOrDefault(name ?? Default);

    /// <summary>Adds a workspace that was opened.</summary>
    public void Add(string name, IServiceProvider services) => _workspaces[name] = services;
}
