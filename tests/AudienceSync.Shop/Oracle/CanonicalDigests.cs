using System.Security.Cryptography;
using System.Text;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>
/// SHA-256 as the platform must have it, over the identifiers that the simulation started from. Nothing is normalised here: the messy
/// forms were made from these, so an error in the engine's normalisers cannot be repeated.
/// </summary>
internal static class CanonicalDigests
{
    public static string? Email(Customer customer) => customer.Email is null ? null : Hex(customer.Email);

    public static string? Phone(Customer customer) => customer.PhoneDigits is null ? null : Hex(customer.PhoneDigits);

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
