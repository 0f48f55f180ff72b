namespace AudienceSync.Domain.Doctor;

/// <summary>The rule about ad accounts.</summary>
internal static class AccountRules
{
    public static IEnumerable<Finding> Of(DoctorAccount account)
    {
        if (account.VersionCode is { } code)
        {
            yield return new Finding(
                account.VersionEnded ? FindingKinds.VersionEnded : FindingKinds.VersionEnds,
                account.Destination,
                [new("code", code)]
            );
        }
    }
}
