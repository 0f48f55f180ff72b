using System.Globalization;

namespace AudienceSync.Bench.Processes;

/// <summary>Data of a process in Linux's /proc. For a process that has ended, times and memory are 0.</summary>
internal static class ProcFs
{
    // USER_HZ, the unit of /proc/PID/stat, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Resident memory now, in MB of 10^6 bytes.</summary>
    public static double RssMb(int pid) => StatusMb(pid, "VmRSS:");

    /// <summary>The peak resident memory, in MB of 10^6 bytes.</summary>
    public static double PeakRssMb(int pid) => StatusMb(pid, "VmHWM:");

    /// <summary>Processor seconds of the process itself.</summary>
    public static double CpuSeconds(int pid) => Stat(pid) is { } stat ? (stat.Own / TicksPerSecond) : 0;

    /// <summary>Processor seconds of the process, its living children and those that it has reaped.</summary>
    public static double FamilyCpuSeconds(int pid)
    {
        if (Stat(pid) is not { } parent)
        {
            return 0;
        }

        long children = Directory
            .EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? Stat(id) : null)
            .Where(stat => stat?.Parent == pid)
            .Sum(stat => stat!.Own + stat.Reaped);
        return (parent.Own + parent.Reaped + children) / TicksPerSecond;
    }

    private static double StatusMb(int pid, string field)
    {
        string? line = TryRead($"/proc/{pid}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal)) * 1024 / 1e6;
    }

    private static ProcessStat? Stat(int pid)
    {
        // The name in parentheses may hold spaces; the numbered fields begin behind it (proc(5): ppid 4, utime 14 to cstime 17).
        string? text = TryRead($"/proc/{pid}/stat");
        string[]? fields = text?[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields is null ? null : new ProcessStat(int.Parse(fields[1]), Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));

        long Ticks(int field) => long.Parse(fields[field]);
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record ProcessStat(int Parent, long Own, long Reaped);
}
