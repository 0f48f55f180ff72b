namespace AudienceSync.Host.Serving;

/// <summary>By which workspace a request is meant that names one, or none.</summary>
public static class WorkspaceByName
{
    /// <summary>The default one when none is named; null when there is no such.</summary>
    public static Workspace? Named(this IReadOnlyDictionary<string, Workspace> workspaces, string? name) => workspaces.GetValueOrDefault(name ?? "default");
}
