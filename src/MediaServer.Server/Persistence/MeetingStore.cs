using Microsoft.EntityFrameworkCore;

namespace MediaServer.Server.Persistence;

/// <summary>A meeting as it is stored.</summary>
public sealed class MeetingRow
{
    public required string Code { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The server's database.</summary>
internal sealed class MeetingsDatabase(DbContextOptions<MeetingsDatabase> options) : DbContext(options)
{
    public DbSet<MeetingRow> Meetings => Set<MeetingRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var meeting = modelBuilder.Entity<MeetingRow>();
        meeting.ToTable("meetings").HasKey(m => m.Code);
        meeting.Property(m => m.Code).HasMaxLength(16);
        meeting.Property(m => m.Title).HasMaxLength(200);
    }
}

/// <summary>Keeps meetings across restarts.</summary>
internal sealed class MeetingStore(IDbContextFactory<MeetingsDatabase> databases)
{
    public async Task<MeetingRow?> Find(string code, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Meetings.AsNoTracking().FirstOrDefaultAsync(m => m.Code == code, cancellationToken);
    }

    public async Task Add(MeetingRow meeting, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Meetings.Add(meeting);
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Creates what is missing; write-ahead logging survives kill -9.</summary>
    public async Task Prepare(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Database.EnsureCreatedAsync(cancellationToken);
        await database.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
    }
}
