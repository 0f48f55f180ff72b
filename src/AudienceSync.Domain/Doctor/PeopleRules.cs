namespace AudienceSync.Domain.Doctor;

/// <summary>The rules about identifiers that are not one person's.</summary>
internal static class PeopleRules
{
    public static IEnumerable<Finding> Of(DoctorReadings readings) =>
        readings
            .StoppedLinks.Where(stopped => stopped.Identifiers > 0)
            .Select(stopped => new Finding(
                FindingKinds.LinkingStopped,
                stopped.Kind,
                [new("identifiers", stopped.Identifiers), new("since", DoctorRules.Day(stopped.Since))]
            ))
            .Concat(
                readings
                    .Shared.Where(shared => shared.Addresses > 0 && shared.People >= DoctorRules.SharedBy)
                    .Select(shared => new Finding(
                        FindingKinds.SharedIdentifiers,
                        shared.Source,
                        [new("kind", shared.Kind), new("addresses", shared.Addresses), new("people_of_one", shared.People)]
                    ))
            );
}
