namespace AudienceSync.Connectors;

/// <summary>A platform that removes people from every customer list of the account in one call, including lists unknown to us.</summary>
public interface IErasesPeople
{
    /// <summary>
    /// Up to <see cref="DestinationLimits.MembersPerCall"/> members, each under the identifiers and the normalizer of the member's adds.
    /// </summary>
    ValueTask<CallResult> EraseAsync(IReadOnlyList<Member> members, CancellationToken cancellationToken);
}
