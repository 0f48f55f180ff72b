using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Experiments;

/// <summary>
/// Into which arm of an experiment a person falls: a function of the salt and the person alone, in integers. So it is the same on every
/// Host, in a rebuild, and when somebody leaves and comes back.
/// <para>
/// <b>The formula.</b> SHA-256 of the UTF-8 text <c>SALT:PERSON</c>, where the person is their uuid in lower case with hyphens. Its first
/// eight bytes, as an unsigned number with the most significant byte first, modulo 10,000 are the bucket. Buckets below the holdout's share
/// are held out.
/// </para>
/// <para>
/// <b>Two people who turn out to be one</b> have the arm of the older of them, so the one who was there first, and was exposed or held out
/// for longer, keeps theirs. Ids begin with the time at which they were drawn, so the oldest anchor is the one with the least id.
/// </para>
/// </summary>
public static class ArmRule
{
    /// <summary>Shares are in parts of this.</summary>
    public const int Buckets = 10_000;

    private const int UuidChars = 36;

    /// <summary>The arm of a person.</summary>
    /// <param name="holdout">The experiment.</param>
    /// <param name="oldest">The oldest anchor of the person.</param>
    public static ExposureArm ArmOf(Holdout holdout, PersonId oldest) =>
        BucketOf(holdout.Salt, oldest) < holdout.HoldoutShare ? ExposureArm.Holdout : ExposureArm.Treatment;

    /// <summary>The status of a member of an audience on which an experiment runs: who may not be targeted anyway stays so.</summary>
    /// <param name="status">The status without the experiment.</param>
    /// <param name="holdout">The experiment.</param>
    /// <param name="oldest">The oldest anchor of the person.</param>
    public static MembershipStatus ApplyTo(MembershipStatus status, Holdout holdout, PersonId oldest) =>
        status is MembershipStatus.Present or MembershipStatus.Limited && ArmOf(holdout, oldest) == ExposureArm.Holdout
            ? MembershipStatus.HeldOut
            : status;

    /// <summary>The anchor that decides the arm of the person whose anchors these are.</summary>
    public static PersonId OldestOf(IEnumerable<PersonId> anchors) => anchors.MinBy(anchor => anchor.Value);

    /// <summary>From 0 to 9,999.</summary>
    public static int BucketOf(string salt, PersonId person)
    {
        ArgumentNullException.ThrowIfNull(salt);
        Span<byte> text = stackalloc byte[ExperimentTerms.SaltBytes + 1 + UuidChars];
        var length = Encoding.UTF8.GetBytes(salt, text);
        text[length++] = (byte)':';
        _ = person.Value.TryFormat(text[length..], out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(text[..(length + UuidChars)], hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Buckets);
    }
}
