namespace AudienceSync.Domain.Audiences;

/// <summary>An audience as code declares it: what the registry is to say of it when the file has been applied.</summary>
/// <param name="Name">Without version.</param>
/// <param name="Text">What is said of it; all of it null leaves what is said already.</param>
/// <param name="Versions">Its versions, by number.</param>
/// <param name="Bindings">Which version each remote audience begins with.</param>
public sealed record AudienceDeclaration(
    string Name, AudienceText Text, IReadOnlyList<DeclaredVersion> Versions, IReadOnlyList<DeclaredFeed> Bindings)
{
    /// <summary>An audience of which nothing is declared any more.</summary>
    public static AudienceDeclaration Gone(string name) => new(name, new AudienceText(null, null, null), [], []);
}

/// <summary>A version and its terms.</summary>
public sealed record DeclaredVersion(int Version, KeyTerms Terms);

/// <summary>A remote audience and the version that feeds it first.</summary>
public sealed record DeclaredFeed(RemoteAudience Remote, int Version);
