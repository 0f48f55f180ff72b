namespace AudienceSync.Connectors;

/// <summary>A destination that can check whether it would work, before it is used. Changes nothing.</summary>
public interface IChecks
{
    /// <summary>
    /// One finding for each thing checked: token, permission, terms, the API version, and the state and name of each audience.
    /// </summary>
    ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(IReadOnlyList<RemoteAudienceId> audiences, CancellationToken cancellationToken);

    /// <summary>What is wrong with a name for a new remote audience; null when nothing is.</summary>
    CheckFinding? CheckName(string name);
}

public enum CheckState
{
    Good = 1,

    /// <summary>It works but needs attention.</summary>
    Warning,
    Bad,

    /// <summary>The platform's response does not show it.</summary>
    NotKnown,
}

/// <param name="What"><c>token</c>, <c>permission</c>, <c>terms</c>, <c>version</c>, <c>audience</c> or <c>name</c>.</param>
/// <param name="State">Whether it is good.</param>
/// <param name="Code">Stable.</param>
/// <param name="Advice">What to do, as text; empty when good.</param>
/// <param name="Audience">Which audience; null when it is about the account.</param>
public sealed record CheckFinding(string What, CheckState State, string Code, string Advice, RemoteAudienceId? Audience = null);
