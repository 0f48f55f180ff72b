using System.Globalization;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Bench.Sync;

/// <summary>The people of the bench by number, written as forms leave them. Three in five have a phone.</summary>
internal static class BenchPeople
{
    /// <summary>The address that every platform hashes for this person: no rule changes it.</summary>
    public static string Email(int number) => string.Create(CultureInfo.InvariantCulture, $"member{number:D8}@mail.example");

    public static PersonIdentifiers Of(int number) =>
        new(null, $" Member{number.ToString("D8", CultureInfo.InvariantCulture)}@Mail.example", Phone(number), "US");

    private static string? Phone(int number) =>
        number % 5 >= 3
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"+1 (202) {(2_000_000 + (number % 7_999_999)) / 10_000:D3}-{number % 10_000:D4}"
            );
}
