namespace AudienceSync.Host.Workspaces;

/// <summary>Finds the workspace of a request that names one, or none.</summary>
public static class WorkspaceByName
{
    /// <summary>The default one when none is named; null when it does not exist.</summary>
    public static Workspace? Named(this IReadOnlyDictionary<string, Workspace> workspaces, string? name) => workspaces.GetValueOrDefault(name ?? "default");
}
