using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Audiences;

/// <summary>An audience as declared in code: the state of its registry entry after the file has been applied.</summary>
/// <param name="Name">Without version.</param>
/// <param name="Text">Its description; all null leaves the current one.</param>
/// <param name="Versions">Its versions, by number.</param>
/// <param name="Bindings">The first version that feeds each remote audience.</param>
public sealed record AudienceDeclaration(
    string Name,
    AudienceText Text,
    IReadOnlyList<DeclaredVersion> Versions,
    IReadOnlyList<DeclaredFeed> Bindings
)
{
    /// <summary>The experiments on it.</summary>
    public IReadOnlyList<ExperimentTerms> Experiments { get; init; } = [];

    /// <summary>An audience that is no longer declared.</summary>
    public static AudienceDeclaration Gone(string name) => new(name, new AudienceText(null, null, null), [], []);
}

/// <summary>A version and its terms.</summary>
public sealed record DeclaredVersion(int Version, KeyTerms Terms);

/// <summary>A remote audience, the version that feeds it first, and whether it is ours alone.</summary>
public sealed record DeclaredFeed(RemoteAudience Remote, int Version, bool Exclusive = false);
